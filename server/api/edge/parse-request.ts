/** The edge's one place where a request's path, query and body become typed values, or a 422 that names the field. */
import type { Endpoint } from "@sluice/schemas";
import { z } from "zod";
import { unprocessable } from "../../commands/errors.ts";
import { InvalidRequest } from "./invalid-request.ts";
import type { Input } from "./route.ts";
import {
  bareDetail,
  parameterDetails,
  type ValidationDetail,
  type ValueSource,
  validationDetails,
} from "./validation-details.ts";

/** A request as read from the wire: strings in path and query, JSON in the body (undefined: there was none). */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** @throws InvalidRequest, or Refusal unprocessable where the contract wants a bare `detail` */
export function parseRequest(endpoint: Endpoint, raw: RawRequest): Input<unknown, unknown, unknown> {
  const details: ValidationDetail[] = [];
  const params = endpoint.params && parsePart(endpoint.params, "path", raw.params, details);
  const query = endpoint.query && parsePart(endpoint.query, "query", raw.query, details);
  const body = parseBody(endpoint, raw.body, details);
  if (details.length > 0) throw new InvalidRequest(details, raw.body ?? null);
  return { params, query, body };
}

function parseBody(endpoint: Endpoint, body: unknown, details: ValidationDetail[]): unknown {
  if (!endpoint.body) return undefined;
  // A body in which every key is optional may be missing, or null, altogether.
  if (body === undefined || body === null) {
    if (endpoint.bodyOptional) return parsePart(endpoint.body, "body", {}, details);
    details.push({ type: "missing", loc: ["body"], msg: "Field required", input: null });
    return undefined;
  }
  return parsePart(endpoint.body, "body", body, details);
}

function parsePart(
  schema: z.ZodType,
  source: ValueSource,
  value: unknown,
  details: ValidationDetail[],
): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const detail = bareDetail(result.error.issues);
  if (detail !== null && details.length === 0) throw unprocessable(detail);
  const { issues } = result.error;
  const isParameters = source === "body" && schema instanceof z.ZodObject && !schema.def.catchall;
  details.push(
    ...(isParameters ? parameterDetails(value, issues) : validationDetails(source, value, issues)),
  );
  return undefined;
}
