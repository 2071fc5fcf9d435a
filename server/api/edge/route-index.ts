/**
 * The routes by path. Over HTTP the server's own router finds them; here they are looked up by calls in this process,
 * and when routing has failed: 405 where another method would be served, 307 where only the trailing slash differs,
 * 404 otherwise (protocol section 0).
 */
import type { Route } from "./route.ts";

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

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export class RouteIndex {
  private readonly entries: readonly { route: Route; pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    // Literal paths first: `/flows/count` is no flow of the name "count".
    this.entries = routes
      .map((route) => ({ route, pattern: pathPattern(route.endpoint.path) }))
      .toSorted((left, right) => placeholders(left.route) - placeholders(right.route));
  }

  /** The route of a method and path (under the API root, without query), or null. For callers in this process. */
  find(method: string, path: string): Match | null {
    for (const { route, pattern } of this.entries) {
      if (route.endpoint.method !== method) continue;
      const params = decodedGroups(pattern.exec(path));
      if (params) return { route, params };
    }
    return null;
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
    const matching = this.entries.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.map(({ route }) => route.endpoint.method))].toSorted();
  }
}

function placeholders({ endpoint }: Route): number {
  return endpoint.path.split("{").length - 1;
}

function decodedGroups(match: RegExpExecArray | null): Record<string, string> | null {
  if (!match) return null;
  try {
    const groups = Object.entries(match.groups ?? {});
    return Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}

function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return `(?<${name}>${segmentPattern(name) ?? "[^/]+"})`;
    })
    .join("");
  return new RegExp(`^${source}$`);
}
