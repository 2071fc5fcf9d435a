/** The one place where something thrown becomes a response. Nothing unforeseen is told to the client. */
import { CONFLICT_DETAIL, REFUSALS, Refusal } from "../../commands/errors.ts";
import { EventTooLargeError, OverloadedError } from "../../events/accept.ts";
import { GraphTooLargeError, StoreConflictError, StoreUnavailableError } from "../../store/errors.ts";
import { InvalidRequest } from "./invalid-request.ts";
import type { Reply } from "./reply.ts";

/** The response to an error, and whether somebody should look at it. */
export interface ErrorReply {
  readonly reply: Reply;
  /** `null`: an expected refusal. Otherwise the level at which the error belongs in the log. */
  readonly logLevel: "error" | "warn" | null;
}

export function errorReply(error: unknown): ErrorReply {
  if (error instanceof Refusal) {
    const { status, key } = REFUSALS[error.code];
    return expected(status, { [key]: error.message }, error.headers);
  }
  if (error instanceof InvalidRequest) {
    return expected(422, {
      exception_message: error.message,
      exception_detail: error.details,
      request_body: error.requestBody,
    });
  }
  if (error instanceof OverloadedError) {
    const headers = { "retry-after": String(error.retryAfterSeconds) };
    return expected(503, { exception_message: error.message }, headers);
  }
  if (error instanceof EventTooLargeError) return expected(422, { detail: error.message });
  if (error instanceof GraphTooLargeError) return expected(400, { detail: error.message });
  if (error instanceof StoreConflictError) {
    return { reply: { kind: "json", status: 409, body: { detail: CONFLICT_DETAIL } }, logLevel: "warn" };
  }
  if (error instanceof StoreUnavailableError) return unforeseen("unavailable", "Service Unavailable", "warn");
  return unforeseen("internal", "Internal Server Error", "error");
}

function expected(status: number, body: unknown, headers?: Readonly<Record<string, string>>): ErrorReply {
  return { reply: { kind: "json", status, body, ...(headers && { headers }) }, logLevel: null };
}

function unforeseen(code: "unavailable" | "internal", words: string, logLevel: "warn" | "error"): ErrorReply {
  const { status, key } = REFUSALS[code];
  return { reply: { kind: "json", status, body: { [key]: words } }, logLevel };
}
