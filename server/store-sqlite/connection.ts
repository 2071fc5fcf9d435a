/** One connection to an SQLite file: statements are prepared once and kept. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import { RowBatch } from "../store-sql/dialect.ts";
import type { SqlValue } from "../store-sql/codec.ts";
import { mapSqliteError } from "./errors.ts";

/** Filters make many statement texts; the least recently used are dropped past this. */
const MAXIMUM_STATEMENTS = 400;

export interface ConnectionOptions {
  readonly isReadOnly: boolean;
}

export class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, PreparedStatement>();

  constructor(path: string, options: ConnectionOptions) {
    this.database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    this.database.function("sluice_lower", { deterministic: true }, lowerCase);
    for (const pragma of options.isReadOnly ? READER_PRAGMAS : WRITER_PRAGMAS) this.database.exec(pragma);
  }

  /** Async only in form: SQLite works in this process, on this thread. */
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      return this.#run<Row>(query.sql, query.parameters);
    } catch (error) {
      throw mapSqliteError(error);
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("Streaming is not used: pages are read with a limit.");
  }

  close(): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  #run<Row>(sql: string, parameters: readonly unknown[]): QueryResult<Row> {
    const { statement, returnsRows } = this.#prepare(sql);
    const [batch] = parameters;
    if (batch instanceof RowBatch) {
      return { rows: returnsRows ? collectBatch<Row>(statement, batch) : runBatch(statement, batch) };
    }
    const values = parameters as SqlValue[]; // Kysely passes on what queries bind: text, numbers and null
    if (returnsRows) return { rows: statement.all(...values) as Row[] };
    const { changes } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  #prepare(sql: string): PreparedStatement {
    let prepared = this.#statements.get(sql);
    if (prepared) {
      this.#statements.delete(sql);
    } else {
      const statement = this.database.prepare(sql);
      prepared = { statement, returnsRows: statement.columns().length > 0 };
      const [oldest] = this.#statements.keys();
      if (this.#statements.size >= MAXIMUM_STATEMENTS && oldest !== undefined)
        this.#statements.delete(oldest);
    }
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function runBatch(statement: StatementSync, { rows }: RowBatch): [] {
  for (const values of rows) statement.run(...values);
  return [];
}

/** Collects what the statement returns for each row; for some it may be nothing. */
function collectBatch<Row>(statement: StatementSync, { rows }: RowBatch): Row[] {
  const returned: Row[] = [];
  for (const values of rows) {
    const row = statement.get(...values) as Row | undefined;
    if (row !== undefined) returned.push(row);
  }
  return returned;
}

/**
 * How long SQLite itself waits for another process's lock. It blocks this thread, so it is short; transactions wait
 * longer between attempts to begin (see driver.ts).
 */
const BUSY_TIMEOUT_MS = 10;

const SHARED_PRAGMAS = ["PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -32000"];

const WRITER_PRAGMAS = [
  // The first process on a fresh file needs the whole file for a moment; others wait for it.
  "PRAGMA busy_timeout = 5000",
  "PRAGMA journal_mode = WAL",
  `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`,
  // In WAL mode a commit survives the end of any process; power loss may take the last ones, never the file.
  "PRAGMA synchronous = NORMAL",
  // Rarer checkpoints: each syncs the file. The log is cut back to this size after a burst.
  "PRAGMA wal_autocheckpoint = 4000",
  "PRAGMA journal_size_limit = 67108864",
  ...SHARED_PRAGMAS,
];

const READER_PRAGMAS = ["PRAGMA query_only = ON", ...SHARED_PRAGMAS];

function lowerCase(text: unknown): SqlValue {
  return typeof text === "string" ? text.toLowerCase() : null;
}
