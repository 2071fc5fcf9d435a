import { CompiledQuery, type Expression, type SqlBool, sql } from "kysely";
import type { EncodedRow, SqlValue } from "../store-sql/codec.ts";
import type { InsertOptions, LockableTable, SqlDialect } from "../store-sql/dialect.ts";
import { baseKind, type BaseKind, columnsOf, type TableName } from "../store-sql/tables.ts";
import { deferred } from "./deferral.ts";

/** Rows are written with one statement over arrays of columns: its text doesn't depend on how many there are. */
export const postgresDialect: SqlDialect = {
  name: "postgres",
  keepReferenced: sql`FOR KEY SHARE`,

  async lockRows(db, table, ids) {
    if (ids.length === 0) return;
    await db.executeQuery(CompiledQuery.raw(lockText(table), [ids]));
  },

  lockSkippingLocked: (table) => sql`FOR NO KEY UPDATE OF ${sql.table(table)} SKIP LOCKED`,

  async tryExclusive(db, name) {
    const { rows } = await sql<{ is_taken: boolean }>`
      SELECT pg_try_advisory_xact_lock(${sql.lit(ADVISORY_LOCKS[name])}) AS is_taken`.execute(db);
    return rows[0]?.is_taken ?? false;
  },

  async insertRows(db, table, rows, options = {}) {
    if (rows.length === 0) return [];
    const columns = options.columns ?? insertedColumns(table);
    const result = await db.executeQuery<Readonly<Record<string, SqlValue>>>(
      CompiledQuery.raw(insertText(table, columns, options), arraysOf(rows, columns)),
    );
    return result.rows;
  },

  async updateRows(db, table, rows, { columns }) {
    if (rows.length === 0) return;
    await db.executeQuery(CompiledQuery.raw(updateText(table, columns), arraysOf(rows, ["id", ...columns])));
  },

  inList: isAny,
  // PostgreSQL knows from its statistics how many rows a condition leaves.
  unindexed: (column) => column,
  hasAll: (array, values) => sql<SqlBool>`(${array} @> CAST(${JSON.stringify(values)} AS jsonb))`,
  hasAny: (array, values) => sql<SqlBool>`(${array} ?| CAST(${values} AS text[]))`,

  like: (text, pattern) => sql<SqlBool>`(${text} ILIKE ${pattern} ESCAPE '')`,
  containsText: (text, term) => sql<SqlBool>`(strpos(lower(${text}), ${term}) > 0)`,
  glob: (text, pattern) => sql<SqlBool>`(${text} LIKE ${likePattern(pattern)} ESCAPE '~')`,

  jsonText: (json, key) => sql<string | null>`(${json} ->> CAST(${key} AS text))`,
  jsonElements: (array, alias) =>
    sql`json_array_elements(CAST(${array} AS json)) AS ${sql.ref(alias)} (value)`,
  number: (text) => sql<number | null>`CAST(${text} AS bigint)`,
  uuid: (text) => sql<string>`CAST(${text} AS uuid)`,
  floorDivide: (dividend: Expression<number>, divisor) =>
    sql<number>`CAST(floor((${dividend}) / CAST(${divisor} AS double precision)) AS integer)`,
  atLeastZero: (value) => sql<number>`greatest(0, ${value})`,
};

/** Keys of advisory locks; any numbers that nobody else in the database uses. */
const ADVISORY_LOCKS = { outbox: 7_531_884_101 } as const;

const TYPES: Readonly<Record<BaseKind, string>> = {
  uuid: "uuid",
  text: "text",
  bigint: "bigint",
  integer: "integer",
  real: "double precision",
  json: "json",
  jsonb: "jsonb",
  boolean: "boolean",
  serial: "bigint",
};

function isAny(
  column: Expression<unknown>,
  kind: BaseKind,
  values: readonly SqlValue[],
): Expression<SqlBool> {
  if (values.length === 1) return sql<SqlBool>`(${column} = ${values[0]})`;
  return sql<SqlBool>`(${column} = ANY (CAST(${values} AS ${sql.raw(TYPES[kind])}[])))`;
}

/** LIKE's own characters are escaped, ours become its. */
function likePattern(glob: string): string {
  return glob
    .replace(/[~%_]/g, (character) => `~${character}`)
    .replaceAll("*", "%")
    .replaceAll("?", "_");
}

const texts = new Map<string, string>();

function lockText(table: LockableTable): string {
  const key = `lock/${table}`;
  let text = texts.get(key);
  if (text === undefined) {
    text = deferred(`SELECT id FROM ${table} WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`);
    texts.set(key, text);
  }
  return text;
}

function insertText(table: TableName, columns: readonly string[], options: InsertOptions): string {
  const { onConflict = "", returning } = options;
  const key = `insert/${table}/${options.columns?.join() ?? ""}/${onConflict}/${returning?.join() ?? ""}`;
  let text = texts.get(key);
  if (text === undefined) {
    const names = columns.map((column) => `"${column}"`).join(", ");
    text = `INSERT INTO ${table} (${names}) SELECT * FROM ${unnest(table, columns)}`;
    if (onConflict) text += ` ON CONFLICT ${onConflict}`;
    text = returning ? `${text} RETURNING ${returning.join(", ")}` : deferred(text);
    texts.set(key, text);
  }
  return text;
}

function updateText(table: TableName, columns: readonly string[]): string {
  const key = `update/${table}/${columns.join()}`;
  let text = texts.get(key);
  if (text === undefined) {
    const assignments = columns.map((column) => `"${column}" = changed."${column}"`).join(", ");
    const names = ["id", ...columns].map((column) => `"${column}"`).join(", ");
    text =
      deferred(`UPDATE ${table} SET ${assignments} FROM ${unnest(table, ["id", ...columns])} AS changed (${names})
      WHERE ${table}.id = changed.id`);
    texts.set(key, text);
  }
  return text;
}

function unnest(table: TableName, columns: readonly string[]): string {
  const kinds = columnsOf(table);
  const arrays = columns.map((column, index) => {
    const kind = kinds[column];
    if (kind === undefined) throw new Error(`Table ${table} has no column ${column}.`);
    return `$${index + 1}::${TYPES[baseKind(kind)]}[]`;
  });
  return `unnest(${arrays.join(", ")})`;
}

function arraysOf(rows: readonly EncodedRow[], columns: readonly string[]): SqlValue[][] {
  return columns.map((column) => rows.map((row) => row[column] ?? null));
}

function insertedColumns(table: TableName): string[] {
  return Object.entries(columnsOf(table)).flatMap(([column, kind]) => (kind === "serial" ? [] : [column]));
}
