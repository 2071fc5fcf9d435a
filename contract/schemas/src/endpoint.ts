/**
 * An endpoint as data: one value from which the server's route, the client's method and the OpenAPI operation are made,
 * so the three can't disagree.
 */
import type { z } from "zod";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Endpoint<
  Path extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  /** Unique; the client's method and OpenAPI's operationId. */
  readonly operationId: string;
  readonly method: HttpMethod;
  /** Path under the API root with `{name}` placeholders, trailing slash as on the wire: `/flow_runs/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Absent: the endpoint takes no path parameters, query or body. */
  readonly params?: Path;
  readonly query?: Query;
  /** Headers that make a difference to this endpoint alone, for the document; a handler finds them in its call. */
  readonly headers?: z.ZodObject;
  readonly body?: Body;
  /** True when the body may be left out altogether. */
  readonly bodyOptional?: boolean;
  /** True when numbers in the body keep their spelling (see `parseExactJson`). */
  readonly exactNumbers?: boolean;
  /** Status codes of success; the first is the usual one. */
  readonly statuses: readonly number[];
  /** The body of a success; absent when there is none (204). */
  readonly response?: Response;
  /** Content type of the success body; JSON when absent. */
  readonly contentType?: string;
}

/** Declares an endpoint; exists to infer its type parameters. */
export function endpoint<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Response extends z.ZodType,
>(definition: Endpoint<Path, Query, Body, Response>): Endpoint<Path, Query, Body, Response> {
  return definition;
}
