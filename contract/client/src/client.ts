/**
 * A typed client made from a table of endpoints: one method per operation, nothing written twice (docs/adr/0003).
 */
import type { Endpoint } from "@sluice/schemas";
import type { z } from "zod";
import { type HttpAnswer, HttpConnection, type HttpConnectionOptions } from "./http/http-connection.ts";
import { parseJson } from "./http/parse-json.ts";
import { buildPath } from "./http/server-address.ts";
import { readServerInfo, type ServerInfo, type ServerInfoOptions } from "./server-info.ts";

/** Endpoints by the name of the client's method. */
export type EndpointTable = Readonly<Record<string, Endpoint>>;

/** What a call of an endpoint is given: only the parts that the endpoint has. */
export type CallInput<E> =
  E extends Endpoint<infer Path, infer Query, infer Body, z.ZodType>
    ? Part<"params", Path> & Part<"query", Query> & Part<"body", Body>
    : never;

/** What a call of an endpoint resolves to: the parsed body, as it is on the wire. */
export type CallResult<E> =
  E extends Endpoint<z.ZodType, z.ZodType, z.ZodType, infer Response>
    ? unknown extends z.output<Response>
      ? unknown
      : z.output<Response>
    : never;

/** An endpoint that declares no schema for a part infers `unknown` there: the part is left out. */
type Part<Name extends string, Schema extends z.ZodType> =
  unknown extends z.input<Schema>
    ? { readonly [Key in Name]?: undefined }
    : undefined extends z.input<Schema>
      ? { readonly [Key in Name]?: z.input<Schema> }
      : Record<string, never> extends z.input<Schema>
        ? { readonly [Key in Name]?: z.input<Schema> }
        : { readonly [Key in Name]: z.input<Schema> };

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Retries of this call, when other than the client's. */
  readonly maxRetries?: number;
  /** Milliseconds for one try. */
  readonly timeoutMs?: number;
  /** Headers of this call, beside the client's own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with what is said beside its body. */
export interface Answer<Body> {
  readonly body: Body;
  readonly status: number;
  readonly headers: Headers;
}

/** The input may be left out when every part of it may. */
type CallArguments<E> =
  Record<string, never> extends CallInput<E>
    ? [input?: CallInput<E>, options?: CallOptions]
    : [input: CallInput<E>, options?: CallOptions];

/** A method per endpoint. */
export type Operations<Table extends EndpointTable> = {
  readonly [Name in keyof Table]: (...args: CallArguments<Table[Name]>) => Promise<CallResult<Table[Name]>>;
};

export class Client<Table extends EndpointTable> {
  readonly connection: HttpConnection;
  /** Every endpoint as a method: `client.operations.readFlow({ params: { id } })`. */
  readonly operations: Operations<Table>;

  constructor(table: Table, options: HttpConnectionOptions) {
    this.connection = new HttpConnection(options);
    this.operations = makeOperations(table, this);
  }

  get apiUrl(): string {
    return this.connection.apiUrl;
  }

  /**
   * Calls an endpoint. Request parts are sent as given: the server validates them, with better messages than two
   * copies of the rules would give.
   * @throws HttpStatusError by kind (ObjectNotFound, ValidationError, …), ServerUnreachable, UnexpectedAnswer
   */
  async call<E extends Endpoint>(endpoint: E, ...args: CallArguments<E>): Promise<CallResult<E>> {
    return (await this.ask(endpoint, ...args)).body;
  }

  /** The same as {@link call}, with the status and headers of the answer. */
  async ask<E extends Endpoint>(endpoint: E, ...args: CallArguments<E>): Promise<Answer<CallResult<E>>> {
    const [input, options] = args as [CallParts | undefined, CallOptions | undefined]; // any endpoint's parts
    const body = input?.body === undefined ? undefined : JSON.stringify(input.body);
    const answer = await this.connection.request({
      method: endpoint.method,
      path: buildPath(endpoint.path, input?.params, input?.query),
      ...(body === undefined ? {} : { body }),
      ...options,
    });
    return {
      body: readAnswer(endpoint, answer, this.apiUrl) as CallResult<E>, // the contract's type for this endpoint
      status: answer.status,
      headers: answer.headers,
    };
  }

  /** See {@link readServerInfo}. */
  readServerInfo(options?: ServerInfoOptions): Promise<ServerInfo> {
    return readServerInfo(this.connection, options);
  }
}

/** A client with a method for each endpoint of `table`. */
export function createClient<const Table extends EndpointTable>(
  table: Table,
  options: HttpConnectionOptions,
): Client<Table> {
  return new Client(table, options);
}

interface CallParts {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function makeOperations<Table extends EndpointTable>(table: Table, client: Client<Table>): Operations<Table> {
  const methods = Object.entries(table).map(([name, endpoint]) => [
    name,
    (input?: never, options?: CallOptions) => client.call(endpoint, input, options),
  ]);
  return Object.fromEntries(methods) as Operations<Table>; // one method per key of the table, by construction
}

function readAnswer(endpoint: Endpoint, answer: HttpAnswer, apiUrl: string): unknown {
  if (!endpoint.response || answer.status === 204) return undefined;
  if (endpoint.contentType && !endpoint.contentType.includes("json")) return answer.text;
  if (answer.text === "") return undefined;
  return parseJson(answer.text, apiUrl + endpoint.path);
}
