/** What the server answers when it refuses (protocol section 0, "Error bodies"). */
import { z } from "zod";

/** Where a refused value was: `body`, `query` or `path`, then keys and indices. */
const errorLocation = z.array(z.union([z.string(), z.number()]));

/** One reason why a request is not valid. */
export const validationErrorDetail = z
  .object({
    type: z.string(),
    loc: errorLocation,
    msg: z.string(),
    input: z.unknown().optional(),
    ctx: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "ValidationError" });
export type ValidationErrorDetail = z.output<typeof validationErrorDetail>;

/** 422: the request does not fit its schema. Nothing has changed. */
export const validationErrorBody = z
  .object({
    exception_message: z.string(),
    exception_detail: z.array(validationErrorDetail),
    request_body: z.unknown(),
  })
  .meta({ id: "HTTPValidationError" });
export type ValidationErrorBody = z.output<typeof validationErrorBody>;

/** Any other refusal by an endpoint. */
export const errorDetailBody = z.object({ detail: z.string().nullable() }).meta({ id: "ErrorDetail" });
export type ErrorDetailBody = z.output<typeof errorDetailBody>;

/** A refusal from below the endpoints: unknown objects, missing credentials, trouble in the server. */
export const exceptionBody = z.object({ exception_message: z.string() }).meta({ id: "ExceptionMessage" });
export type ExceptionBody = z.output<typeof exceptionBody>;
