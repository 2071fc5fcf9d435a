/** How Kysely reaches PostgreSQL: `pg`'s pool, with statements prepared once per connection and errors made the store's. */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import type { Db } from "../store-sql/dialect.ts";
import type { Database } from "../store-sql/tables.ts";
import { isDeferrable } from "./deferral.ts";
import { mapPostgresError } from "./errors.ts";

/** Statement texts past this many are sent unnamed: a server keeps a plan for each name and connection. */
const MAXIMUM_NAMES = 500;

export interface PoolOptions {
  readonly url: string;
  /** The most connections at once. */
  readonly connections: number;
  /** What every connection is told first. */
  readonly setup?: string;
}

export function createPool({ url, connections, setup }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: "sluice",
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    types: { getTypeParser },
    // A statement is sent without waiting for the answers to those before it (see deferral.ts).
    pipeline: true,
  });
  // A lost idle connection is replaced when it is needed; without a listener it would end the process.
  pool.on("error", () => undefined);
  if (setup !== undefined) pool.on("connect", (client) => void client.query(setup).catch(() => undefined));
  return pool;
}

export function kyselyOn(pool: pg.Pool): Db {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: new MappingPool(pool) }) });
}

const INT8 = 20;
const JSON_TYPE = 114;
const JSONB = 3802;

/** Whole numbers of 64 bits are moments, durations and counts, which a number holds; JSON is decoded by the codec. */
function getTypeParser(oid: number, format?: "text" | "binary") {
  if (oid === INT8) return Number;
  if (oid === JSON_TYPE || oid === JSONB) return (text: string) => text;
  return format === "binary" ? pg.types.getTypeParser(oid, "binary") : pg.types.getTypeParser(oid, "text");
}

/** The pool as Kysely sees it. */
class MappingPool implements PostgresPool {
  readonly options: object;
  readonly #pool: pg.Pool;
  readonly #clients = new WeakMap<pg.PoolClient, MappingClient>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw mapPostgresError(error);
    });
    let mapping = this.#clients.get(client);
    if (!mapping) {
      mapping = new MappingClient(client);
      this.#clients.set(client, mapping);
    }
    return mapping;
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

class MappingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  /** Of a deferred statement, until the next one that is waited for. */
  #failure: { readonly error: unknown } | null = null;
  /** Undocumented in `pg`; without it deferred statements leave one by one. */
  readonly #socket: Socket | undefined;
  #isHeldBack = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
    this.#socket = (client as unknown as { connection?: { stream?: Socket } }).connection?.stream;
    // A connection lost while nothing runs on it must not end the process; the next query reports it.
    client.on("error", () => undefined);
  }

  // The cast leaves out Kysely's second form, for cursors: nothing streams.
  readonly query = ((text: string, values: readonly unknown[] = []) => {
    if (isDeferrable(text)) {
      this.#defer(text, values);
      return Promise.resolve(NO_RESULT);
    }
    const sent = this.#client.query(queryConfig(text, values));
    this.#flush();
    return this.#settle(sent, text);
  }) as unknown as PostgresPoolClient["query"];

  /** Writes the statement into the socket's buffer; it leaves together with the next one that is waited for. */
  #defer(text: string, values: readonly unknown[]): void {
    if (!this.#isHeldBack) {
      this.#socket?.cork();
      this.#isHeldBack = true;
    }
    this.#client.query(queryConfig(text, values)).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  #flush(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#socket?.uncork();
  }

  /** The result of a statement, unless a deferred one before it has failed: then nothing since is to be believed. */
  async #settle(sent: Promise<pg.QueryResult>, text: string): Promise<pg.QueryResult> {
    try {
      const result = await sent;
      if (this.#failure === null || text === "rollback") return result;
      throw this.#failure.error;
    } catch (error) {
      throw mapPostgresError(this.#failure ? this.#failure.error : error);
    } finally {
      this.#failure = null;
    }
  }

  release(destroy?: boolean): void {
    this.#flush();
    this.#client.release(destroy);
  }
}

const NO_RESULT = { command: "SELECT", rowCount: 0, rows: [] };

function queryConfig(text: string, values: readonly unknown[]): pg.QueryConfig {
  const name = statementName(text);
  return { text, values: [...values], ...(name !== null && { name }) };
}

const names = new Map<string, string | null>();

/** The same text has the same name on every connection, so that its plan is made once per connection. */
function statementName(text: string): string | null {
  let name = names.get(text);
  if (name === undefined) {
    if (names.size >= MAXIMUM_NAMES) return null;
    name = createHash("sha1").update(text).digest("base64url");
    names.set(text, name);
  }
  return name;
}
