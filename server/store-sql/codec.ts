/** Values on their way between domain objects and columns: JSON as text, booleans as 0 and 1. */
import { baseKind, type ColumnKind, columnsOf, type TableName } from "./tables.ts";

/** A column's value as drivers take it. */
export type SqlValue = string | number | null;
export type EncodedRow = Readonly<Record<string, SqlValue>>;

/** Encodes every column of a table; a key that the object lacks becomes null. Other keys are left out. */
export function encodeRow(table: TableName, object: object): EncodedRow {
  const values = object as Readonly<Record<string, unknown>>; // read by column name only
  const row: Record<string, SqlValue> = {};
  for (const { column, encode } of encodersOf(table)) row[column] = encode(values[column]);
  return row;
}

/** Encodes the columns that the object has, for an update; keys that are undefined count as absent. */
export function encodeChanges(table: TableName, changes: object): EncodedRow {
  const values = changes as Readonly<Record<string, unknown>>; // read by column name only
  const row: Record<string, SqlValue> = {};
  for (const { column, encode } of encodersOf(table)) {
    if (values[column] !== undefined) row[column] = encode(values[column]);
  }
  return row;
}

/**
 * Makes a decoder of a table's columns in a result row, where each is named `<prefix><column>`. The caller says what the
 * object is: the columns of a row are what `encodeRow` wrote.
 */
export function rowDecoder<Decoded>(
  table: TableName,
  options: { readonly omit?: readonly string[]; readonly prefix?: string } = {},
): (row: object) => Decoded {
  const { omit = [], prefix = "" } = options;
  const columns = Object.entries(columnsOf(table))
    .filter(([column, kind]) => kind !== "serial" && !omit.includes(column))
    .map(([column, kind]) => ({ column, source: prefix + column, decode: decoderOf(kind) }));
  return (row) => {
    const values = row as Readonly<Record<string, unknown>>; // read by column name only
    const object: Record<string, unknown> = {};
    for (const { column, source, decode } of columns) {
      const value = values[source];
      object[column] = decode === null ? value : decode(value);
    }
    return object as Decoded;
  };
}

type Encoder = (value: unknown) => SqlValue;
type Decoder = (value: unknown) => unknown;

interface ColumnEncoder {
  readonly column: string;
  readonly encode: Encoder;
}

const encoders = new Map<TableName, readonly ColumnEncoder[]>();

function encodersOf(table: TableName): readonly ColumnEncoder[] {
  let list = encoders.get(table);
  if (list === undefined) {
    list = Object.entries(columnsOf(table))
      .filter(([, kind]) => kind !== "serial")
      .map(([column, kind]) => ({ column, encode: encoderOf(kind) }));
    encoders.set(table, list);
  }
  return list;
}

function encoderOf(kind: ColumnKind): Encoder {
  switch (baseKind(kind)) {
    case "json":
    case "jsonb":
      // A column that may be null keeps JSON's null as SQL's.
      return kind.endsWith("?") ? encodeNullableJson : encodeJson;
    case "boolean":
      return (value) => (value ? 1 : 0);
    default:
      // Text and numbers pass as they are; domain types guarantee them.
      return (value) => (value ?? null) as SqlValue;
  }
}

function decoderOf(kind: ColumnKind): Decoder | null {
  switch (baseKind(kind)) {
    case "json":
    case "jsonb":
      return decodeJson;
    case "boolean":
      return (value) => value === true || value === 1;
    default:
      return null;
  }
}

export function encodeJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}

function encodeNullableJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** JSON text as a column holds it; null stays null. */
export function decodeJson(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : null;
}
