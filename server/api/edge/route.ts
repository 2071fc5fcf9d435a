/** A route: an endpoint of the contract and the function that serves it. Knows nothing of HTTP. */
import type { Endpoint } from "@sluice/schemas";
import type { z } from "zod";
import type { Call } from "./call.ts";
import type { Reply } from "./reply.ts";

/** The parsed request; what the endpoint does not take is undefined. */
export interface Input<Path, Query, Body> {
  readonly params: Path;
  readonly query: Query;
  readonly body: Body;
}

export type Handler<Path, Query, Body> = (
  input: Input<Path, Query, Body>,
  call: Call,
) => Promise<Reply> | Reply;

export interface Route {
  readonly endpoint: Endpoint;
  readonly handle: Handler<never, never, never>;
}

/** Joins an endpoint to its handler; exists so that the handler's input types come from the endpoint's schemas. */
export function route<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  endpoint: Endpoint<Path, Query, Body, z.ZodType>,
  handle: Handler<z.output<Path>, z.output<Query>, z.output<Body>>,
): Route {
  return { endpoint, handle };
}
