/** Column lists of selects. */
import { type RawBuilder, sql } from "kysely";
import { columnsOf, type TableName } from "./tables.ts";

const lists = new Map<string, RawBuilder<unknown>>();

/** `alias.column AS "<prefix>column"` for every column of a table, to be read by `decodeRow` with the same prefix. */
export function columnList(table: TableName, alias: string, prefix = ""): RawBuilder<unknown> {
  const key = `${table}/${alias}/${prefix}`;
  let list = lists.get(key);
  if (list === undefined) {
    const columns = Object.keys(columnsOf(table)).filter((column) => column !== "position");
    list = sql.raw(columns.map((column) => `${alias}."${column}" AS "${prefix}${column}"`).join(", "));
    lists.set(key, list);
  }
  return list;
}
