/** What really differs between the databases, so that every query is written once. */
import type { Expression, Kysely, SqlBool } from "kysely";
import type { EncodedRow, SqlValue } from "./codec.ts";
import type { BaseKind, Database, TableName } from "./tables.ts";

/** A connection's queries: in a transaction, or each on its own. */
export type Db = Kysely<Database>;

export interface Session {
  readonly db: Db;
  readonly dialect: SqlDialect;
}

export interface InsertOptions {
  /** Columns to write; all of the table's when absent. */
  readonly columns?: readonly string[];
  /** What follows ON CONFLICT, e.g. `DO NOTHING`; `excluded` names the new row. */
  readonly onConflict?: string;
  /** Columns to answer with, of the rows that were written. */
  readonly returning?: readonly string[];
}

export interface UpdateOptions {
  readonly columns: readonly string[];
}

type Text = Expression<string> | Expression<string | null>;

export interface SqlDialect {
  readonly name: "sqlite" | "postgres";

  /** Inserts any number of rows with one statement text. Rows must not repeat a key that the statement may update. */
  insertRows(
    db: Db,
    table: TableName,
    rows: readonly EncodedRow[],
    options?: InsertOptions,
  ): Promise<Readonly<Record<string, SqlValue>>[]>;
  /** Updates rows by their `id` with one statement text. */
  updateRows(db: Db, table: TableName, rows: readonly EncodedRow[], options: UpdateOptions): Promise<void>;
  /**
   * Locks rows in id order until the transaction ends; rows that refer to them may still be inserted. Does nothing
   * where only one transaction writes at a time.
   */
  lockRows(db: Db, table: LockableTable, ids: readonly string[]): Promise<void>;
  /** For the end of a select of one table's rows: locks those that no other transaction has locked, and answers with them alone. */
  lockSkippingLocked(table: LockableTable): Expression<unknown>;
  /** Lets one transaction at a time past, or says that another one is there; the lock ends with the transaction. */
  tryExclusive(db: Db, name: "outbox"): Promise<boolean>;

  /** For the end of a select: keeps its rows from being deleted until the transaction ends, without blocking updates. */
  readonly keepReferenced: Expression<unknown>;
  /** Text as a whole number; null where there is none. */
  number(text: Expression<string | null>): Expression<number | null>;
  /** Text as an id, where the database has a type of its own for ids. */
  uuid(text: Expression<string>): Expression<string>;

  /** `column` is one of any number of values. */
  inList(column: Expression<unknown>, kind: BaseKind, values: readonly SqlValue[]): Expression<SqlBool>;
  /** The column, kept from choosing an index: for a condition that nearly every row meets, where order matters more. */
  unindexed(column: Expression<unknown>): Expression<unknown>;
  /** A JSON array of strings holds all, or some, of these. */
  hasAll(array: Expression<string>, values: readonly string[]): Expression<SqlBool>;
  hasAny(array: Expression<string>, values: readonly string[]): Expression<SqlBool>;
  /** LIKE without regard to case; `%` and `_` are wildcards, a backslash is itself. */
  like(text: Text, pattern: string): Expression<SqlBool>;
  /** `*` stands for any text and `?` for any one character; case matters. */
  glob(text: Text, pattern: string): Expression<SqlBool>;
  /** A lower-case term occurs in the text, whose case does not matter. */
  containsText(text: Text, term: string): Expression<SqlBool>;
  /** The value of a JSON object's key as text. */
  jsonText(json: Expression<string | null>, key: string): Expression<string | null>;
  /** The elements of a JSON array as a table with one JSON column `value`, for `from`. */
  jsonElements(array: Expression<string>, alias: string): Expression<{ value: string }>;
  /** How many whole times `divisor` fits into a number, as a whole number; rounds down. */
  floorDivide(dividend: Expression<number>, divisor: number): Expression<number>;
  /** The larger of a number and zero. */
  atLeastZero(value: Expression<number>): Expression<number>;
}

export type LockableTable =
  | "flow_run"
  | "task_run"
  | "task_worker"
  | "concurrency_limit"
  | "concurrency_lease"
  | "artifact_collection"
  | "block_document"
  | "deployment"
  | "work_pool"
  | "work_queue";

/** Rows for one statement, run once for each: how bulk writes reach a driver that works in the same process. */
export class RowBatch {
  readonly rows: readonly (readonly SqlValue[])[];

  constructor(rows: readonly (readonly SqlValue[])[]) {
    this.rows = rows;
  }
}

/** A transaction lost against another one (serialization failure, deadlock): running it again can help. */
export class TransactionConflict extends Error {
  override readonly name = "TransactionConflict";
}
