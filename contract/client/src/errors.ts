/**
 * What can go wrong between a client and a server. Each kind is a class, so that callers decide by type, never by text.
 */

/** Anything this package throws on purpose. */
export class ClientError extends Error {
  override readonly name: string = "ClientError";
}

/** No answer: the server could not be reached, or the connection kept breaking. */
export class ServerUnreachable extends ClientError {
  override readonly name = "ServerUnreachable";
}

/** An answer that is not what the contract says, such as a web page from something else on that port. */
export class UnexpectedAnswer extends ClientError {
  override readonly name = "UnexpectedAnswer";
}

/** The server is of a kind that this client can't work with. */
export class IncompatibleServer extends ClientError {
  override readonly name = "IncompatibleServer";
}

/** A stream was refused: wrong credentials, or a filter that the server doesn't accept. */
export class StreamRefused extends ClientError {
  override readonly name: string = "StreamRefused";
  /** The socket's close code (1008: credentials, 1002: filter), or the HTTP status of the refusal. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly method: string;
  readonly url: string;
  /** The parsed body; its text when it isn't JSON. */
  readonly body: unknown;
  readonly retryAfterSeconds: number | null;
}

/** The server answered with a status of 400 or more. Kinds that callers handle have classes of their own. */
export class HttpStatusError extends ClientError {
  override readonly name: string = "HttpStatusError";
  readonly status: number;
  readonly method: string;
  readonly url: string;
  /** The parsed body; its text when it isn't JSON. */
  readonly body: unknown;

  constructor(answer: ErrorAnswer, advice?: string) {
    super(describe(answer, advice));
    this.status = answer.status;
    this.method = answer.method;
    this.url = answer.url;
    this.body = answer.body;
  }
}

/** 404: the thing isn't there. */
export class ObjectNotFound extends HttpStatusError {
  override readonly name = "ObjectNotFound";
}

/** 409: there is one already. */
export class ObjectAlreadyExists extends HttpStatusError {
  override readonly name = "ObjectAlreadyExists";
}

/** 401: no credentials, or wrong ones. */
export class Unauthorized extends HttpStatusError {
  override readonly name = "Unauthorized";
}

/** 403: these credentials may not do that. */
export class Forbidden extends HttpStatusError {
  override readonly name = "Forbidden";
}

/** 423: all slots of a concurrency limit are taken. */
export class SlotsTaken extends HttpStatusError {
  override readonly name = "SlotsTaken";
  /** When the server suggests to ask again. */
  readonly retryAfterSeconds: number;

  constructor(answer: ErrorAnswer) {
    super(answer);
    this.retryAfterSeconds = answer.retryAfterSeconds ?? 1;
  }
}

/** 410: the lease has expired. */
export class LeaseGone extends HttpStatusError {
  override readonly name = "LeaseGone";
}

export interface InvalidField {
  /** Where: `["body", "state", "type"]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** 422: the server doesn't accept the request; `fields` says what is wrong with which. */
export class ValidationError extends HttpStatusError {
  override readonly name = "ValidationError";
  readonly fields: readonly InvalidField[];

  constructor(answer: ErrorAnswer) {
    super(answer);
    this.fields = invalidFields(answer.body);
  }
}

/** The error for an answer, by its status. */
export function errorForAnswer(answer: ErrorAnswer): HttpStatusError {
  switch (answer.status) {
    case 401:
      return new Unauthorized(
        answer,
        "Check SLUICE_API_KEY or SLUICE_API_AUTH_STRING (or the active profile) against the server's.",
      );
    case 403:
      return new Forbidden(answer);
    case 404:
      return new ObjectNotFound(answer);
    case 409:
      return new ObjectAlreadyExists(answer);
    case 410:
      return new LeaseGone(answer);
    case 422:
      return new ValidationError(answer);
    case 423:
      return new SlotsTaken(answer);
    default:
      return new HttpStatusError(answer);
  }
}

function describe(answer: ErrorAnswer, advice?: string): string {
  const sentence = `${answer.method} ${answer.url} was answered with ${answer.status}: ${explanation(answer.body)}`;
  return advice ? `${sentence} ${advice}` : sentence;
}

const LONGEST_EXPLANATION = 2000;

function explanation(body: unknown): string {
  const fields = invalidFields(body);
  if (fields.length > 0) {
    return `${fields.map((field) => `${field.path.join(".")}: ${field.message}`).join("; ")}.`;
  }
  const said = isRecord(body) ? (body.detail ?? body.exception_message ?? body) : body;
  const text = typeof said === "string" ? said : (JSON.stringify(said) ?? "");
  if (text === "") return "the server gave no reason.";
  return text.length > LONGEST_EXPLANATION ? `${text.slice(0, LONGEST_EXPLANATION)}…` : text;
}

/** Reads both shapes of a 422 body: `exception_detail` of our contract and `detail` of plain FastAPI. */
function invalidFields(body: unknown): InvalidField[] {
  if (!isRecord(body)) return [];
  const entries = body.exception_detail ?? body.detail;
  if (!Array.isArray(entries)) return [];
  return entries.filter(isRecord).map((entry) => ({
    path: Array.isArray(entry.loc)
      ? entry.loc.map((part) => (typeof part === "number" ? part : String(part)))
      : [],
    message: typeof entry.msg === "string" ? entry.msg : JSON.stringify(entry),
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
