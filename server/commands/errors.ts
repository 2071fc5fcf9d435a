/**
 * The refusals of the server: one catalogue of stable codes, each with its HTTP status and the shape of its body
 * (protocol section 0). Commands and reads throw {@link Refusal}; the API edge alone turns it into a response. A "no"
 * from an orchestration rule is a verdict and never comes this way.
 */

interface RefusalKind {
  readonly status: number;
  /** Under which key clients find the words; they grep for them. */
  readonly key: "detail" | "exception_message";
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
}

export const REFUSALS = {
  bad_request: { status: 400, key: "detail", retryable: false },
  unauthorized: { status: 401, key: "exception_message", retryable: false },
  forbidden: { status: 403, key: "detail", retryable: false },
  /** A route that looks its object up itself. */
  not_found: { status: 404, key: "detail", retryable: false },
  /** A command that needs an object which is not there. */
  object_not_found: { status: 404, key: "exception_message", retryable: false },
  method_not_allowed: { status: 405, key: "detail", retryable: false },
  conflict: { status: 409, key: "detail", retryable: false },
  gone: { status: 410, key: "detail", retryable: false },
  too_large: { status: 413, key: "detail", retryable: false },
  unprocessable: { status: 422, key: "detail", retryable: false },
  locked: { status: 423, key: "detail", retryable: true },
  internal: { status: 500, key: "exception_message", retryable: false },
  unavailable: { status: 503, key: "exception_message", retryable: true },
} as const satisfies Record<string, RefusalKind>;

export type RefusalCode = keyof typeof REFUSALS;

/** A request that cannot be granted, with the words for its sender. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** Response headers that belong to the refusal, e.g. `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** The words for a write that breaks the integrity of what is stored; details are for the log only. */
export const CONFLICT_DETAIL =
  "Data integrity conflict. This usually means a unique or foreign key constraint was violated. See server logs for details.";

type WithoutNulls<Changes, Key extends keyof Changes> = Omit<Changes, Key> & {
  readonly [Required in Key]?: NonNullable<Changes[Required]>;
};

/**
 * The changes of a PATCH, whose body may say null for every key, without nulls in columns that must have a value.
 * @throws Refusal conflict, which is what the contract calls it
 */
export function refuseNulls<Changes extends object, Key extends keyof Changes>(
  changes: Changes,
  keys: readonly Key[],
): WithoutNulls<Changes, Key> {
  if (keys.some((key) => changes[key] === null)) throw new Refusal("conflict", CONFLICT_DETAIL);
  return changes;
}

/** `{"detail": "Flow run not found"}` with 404. */
export function notFound(what: string): Refusal {
  return new Refusal("not_found", `${what} not found`);
}

/** `{"exception_message": …}` with 404: the object a command was to change is not there. */
export function objectNotFound(message: string): Refusal {
  return new Refusal("object_not_found", message);
}

/** `{"detail": …}` with 422: well-formed, but not acceptable. */
export function unprocessable(message: string): Refusal {
  return new Refusal("unprocessable", message);
}
