import { CompiledQuery, type Expression, type SqlBool, sql } from "kysely";
import type { EncodedRow, SqlValue } from "../store-sql/codec.ts";
import { type Db, type InsertOptions, RowBatch, type SqlDialect } from "../store-sql/dialect.ts";
import { columnsOf, type TableName } from "../store-sql/tables.ts";

/** Rows are written one by one with a kept statement: in one process there is no round trip to save. */
export const sqliteDialect: SqlDialect = {
  name: "sqlite",
  // One transaction writes at a time, so its reads can't be overtaken.
  keepReferenced: sql``,
  lockRows: () => Promise.resolve(),
  lockSkippingLocked: () => sql``,
  tryExclusive: () => Promise.resolve(true),

  async insertRows(db, table, rows, options = {}) {
    if (rows.length === 0) return [];
    const columns = options.columns ?? insertedColumns(table);
    const result = await db.executeQuery<Readonly<Record<string, SqlValue>>>(
      CompiledQuery.raw(insertText(table, columns, options), [new RowBatch(valuesOf(rows, columns))]),
    );
    return result.rows;
  },

  async updateRows(db: Db, table, rows, { columns }) {
    if (rows.length === 0) return;
    const assignments = columns.map((column) => `"${column}" = ?`).join(", ");
    const text = `UPDATE ${table} SET ${assignments} WHERE id = ?`;
    await db.executeQuery(CompiledQuery.raw(text, [new RowBatch(valuesOf(rows, [...columns, "id"]))]));
  },

  inList(column, _kind, values) {
    if (values.length === 1) return sql<SqlBool>`(${column} = ${values[0]})`;
    return sql<SqlBool>`(${column} IN (SELECT value FROM json_each(${JSON.stringify(values)})))`;
  },
  // Without statistics SQLite takes any equality for selective, and would sort a whole workspace to find 200 rows.
  unindexed: (column) => sql`+${column}`,
  hasAll: (
    array,
    values,
  ) => sql<SqlBool>`NOT EXISTS (SELECT 1 FROM json_each(${JSON.stringify(values)}) AS wanted
    WHERE wanted.value NOT IN (SELECT value FROM json_each(${array})))`,
  hasAny: (array, values) => sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${array}) AS present
    WHERE present.value IN (SELECT value FROM json_each(${JSON.stringify(values)})))`,

  // SQLite's own LIKE and lower() know the case of ASCII letters only.
  like: (text, pattern) =>
    isAscii(pattern)
      ? sql<SqlBool>`(${text} LIKE ${pattern})`
      : sql<SqlBool>`(sluice_lower(${text}) LIKE ${pattern.toLowerCase()})`,
  containsText: (text, term) =>
    isAscii(term)
      ? sql<SqlBool>`(instr(lower(${text}), ${term}) > 0)`
      : sql<SqlBool>`(instr(sluice_lower(${text}), ${term}) > 0)`,
  // An opening bracket is GLOB's third special character.
  glob: (text, pattern) => sql<SqlBool>`(${text} GLOB ${pattern.replaceAll("[", "[[]")})`,

  jsonText: (json, key) =>
    key.includes('"')
      ? sql<string | null>`(SELECT value FROM json_each(${json}) AS member WHERE member.key = ${key})`
      : sql<string | null>`(${json} ->> ${`$."${key}"`})`,
  jsonElements: (array, alias) => sql`json_each(${array}) AS ${sql.ref(alias)}`,
  number: (text) => sql<number | null>`CAST(${text} AS INTEGER)`,
  uuid: (text) => text,
  floorDivide: (dividend: Expression<number>, divisor) =>
    sql<number>`CAST(floor((${dividend}) / CAST(${divisor} AS REAL)) AS INTEGER)`,
  atLeastZero: (value) => sql<number>`max(0, ${value})`,
};

const texts = new Map<string, string>();

function insertText(table: TableName, columns: readonly string[], options: InsertOptions): string {
  const { onConflict = "", returning } = options;
  const key = `${table}/${options.columns?.join() ?? ""}/${onConflict}/${returning?.join() ?? ""}`;
  let text = texts.get(key);
  if (text === undefined) {
    const names = columns.map((column) => `"${column}"`).join(", ");
    text = `INSERT INTO ${table} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
    if (onConflict) text += ` ON CONFLICT ${onConflict}`;
    if (returning) text += ` RETURNING ${returning.join(", ")}`;
    texts.set(key, text);
  }
  return text;
}

function insertedColumns(table: TableName): string[] {
  return Object.entries(columnsOf(table)).flatMap(([column, kind]) => (kind === "serial" ? [] : [column]));
}

function valuesOf(rows: readonly EncodedRow[], columns: readonly string[]): SqlValue[][] {
  return rows.map((row) => columns.map((column) => row[column] ?? null));
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}
