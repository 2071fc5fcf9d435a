/**
 * Answers for paths that no route serves: 405 where another method would be served, 307 where only the trailing slash
 * differs, 404 otherwise (protocol section 0). Looked at only when routing has failed.
 */
import type { Endpoint } from "@sluice/schemas";

const UUID_SEGMENT = "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}";

/** What a `{placeholder}` of a path matches: `id` and `…_id` only UUIDs, so that `/flow_runs/count` is no run. */
export function segmentPattern(placeholder: string): string | null {
  return placeholder === "id" || placeholder.endsWith("_id") ? UUID_SEGMENT : null;
}

/** `/flow_runs/{id}/input/{key}` as Fastify writes it: `/flow_runs/:id(^…$)/input/:key`. */
export function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const pattern = segmentPattern(name);
    return pattern ? `:${name}(^${pattern}$)` : `:${name}`;
  });
}

export type Miss =
  | { readonly kind: "redirect"; readonly path: string }
  | { readonly kind: "method"; readonly allow: string }
  | { readonly kind: "none" };

export class RouteIndex {
  private readonly entries: readonly { method: string; pattern: RegExp }[];

  constructor(endpoints: readonly Endpoint[]) {
    this.entries = endpoints.map(({ method, path }) => ({ method, pattern: pathPattern(path) }));
  }

  /** Why `path` (under the API root, without query) was not served. */
  explain(path: string): Miss {
    const allow = this.methodsOf(path);
    if (allow.length > 0) return { kind: "method", allow: allow.join(", ") };
    const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
    if (this.methodsOf(other).length > 0) return { kind: "redirect", path: other };
    return { kind: "none" };
  }

  private methodsOf(path: string): string[] {
    const methods = this.entries.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return segmentPattern(name) ?? "[^/]+";
    })
    .join("");
  return new RegExp(`^${source}$`);
}
