/**
 * The vocabulary of filters: each criterion (`any_`, `like_`, `before_`, …) is one test, whatever field it stands in.
 * A field is compiled by looking its criteria up here; only what is peculiar to one field is written where it belongs.
 */
import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlValue } from "../codec.ts";
import type { SqlDialect } from "../dialect.ts";
import type { BaseKind } from "../tables.ts";

export type Condition = Expression<SqlBool>;

/** A filter or a criterion as it was parsed; the contract's schemas have checked it. */
export type Criteria = Readonly<Record<string, unknown>>;

/** Compiles one field's criteria to conditions; none of them means no constraint. */
export type FieldCompiler = (criteria: Criteria, dialect: SqlDialect) => Condition[];

/** Field name → how to compile it. A field that is missing here is no constraint. */
export type FilterFields = Readonly<Record<string, FieldCompiler>>;

export const ALWAYS: RawBuilder<SqlBool> = sql<SqlBool>`1 = 1`;

interface ScalarSubject {
  /** A column as `table.column`. */
  readonly column: string;
  readonly kind: BaseKind;
  /** What bounds compare with, when that is not the column itself. */
  readonly bounded?: RawBuilder<unknown>;
}

type ScalarTest = (subject: ScalarSubject, value: unknown, dialect: SqlDialect) => Condition | null;

/** A value reaches a test only when it is neither absent nor null. */
const SCALAR_TESTS: Readonly<Record<string, ScalarTest>> = {
  any_: (subject, values, dialect) => dialect.inList(sql.ref(subject.column), subject.kind, listOf(values)),
  not_any_: (subject, values, dialect) => {
    const list = listOf(values);
    // As upstream, an empty list excludes nothing, null columns included.
    return list.length === 0
      ? null
      : sql<SqlBool>`NOT ${dialect.inList(sql.ref(subject.column), subject.kind, list)}`;
  },
  like_: (subject, text, dialect) =>
    text === "" ? null : dialect.like(sql.ref<string>(subject.column), `%${textOf(text)}%`),
  startswith_: (subject, prefixes, dialect) =>
    joinConditions(
      "or_",
      listOf(prefixes).map((prefix) => dialect.like(sql.ref<string>(subject.column), `${prefix}%`)),
    ),
  is_null_: (subject, isNull) =>
    isNull
      ? sql<SqlBool>`${sql.ref(subject.column)} IS NULL`
      : sql<SqlBool>`${sql.ref(subject.column)} IS NOT NULL`,
  exists_: (subject, exists) =>
    exists
      ? sql<SqlBool>`${sql.ref(subject.column)} IS NOT NULL`
      : sql<SqlBool>`${sql.ref(subject.column)} IS NULL`,
  eq_: (subject, value) => sql<SqlBool>`${sql.ref(subject.column)} = ${encode(value)}`,
  before_: (subject, bound) => sql<SqlBool>`${boundedBy(subject)} <= ${encode(bound)}`,
  after_: (subject, bound) => sql<SqlBool>`${boundedBy(subject)} >= ${encode(bound)}`,
  le_: (subject, bound) => sql<SqlBool>`${boundedBy(subject)} <= ${encode(bound)}`,
  ge_: (subject, bound) => sql<SqlBool>`${boundedBy(subject)} >= ${encode(bound)}`,
};

/** A field that is a column. */
export function scalar(
  column: string,
  kind: BaseKind,
  options: { readonly bounded?: RawBuilder<unknown> } = {},
): FieldCompiler {
  const subject = { column, kind, ...options };
  return (criteria, dialect) =>
    givenCriteria(criteria).flatMap(([name, value]) => {
      const condition = SCALAR_TESTS[name]?.(subject, value, dialect);
      return condition ? [condition] : [];
    });
}

/** A field that is a JSON array of tags. */
export function tags(column: string): FieldCompiler {
  const array = sql.ref<string>(column);
  const tests: Readonly<Record<string, (value: unknown, dialect: SqlDialect) => Condition | null>> = {
    all_: (values, dialect) => {
      const list = stringsOf(values);
      return list.length === 0 ? null : dialect.hasAll(array, list);
    },
    any_: (values, dialect) => dialect.hasAny(array, stringsOf(values)),
    is_null_: (isEmpty) => (isEmpty ? sql<SqlBool>`${array} = '[]'` : sql<SqlBool>`${array} <> '[]'`),
  };
  return (criteria, dialect) =>
    givenCriteria(criteria).flatMap(([name, value]) => {
      const condition = tests[name]?.(value, dialect);
      return condition ? [condition] : [];
    });
}

/** A field whose criteria are fields themselves, e.g. a state's type and name. */
export function nested(fields: FilterFields): FieldCompiler {
  return (criteria, dialect) => fieldConditions(criteria, fields, dialect);
}

/** A whole filter: its fields, joined by its operator. An empty filter holds for every row. */
export function compileFilter(
  filter: object | null | undefined,
  fields: FilterFields,
  dialect: SqlDialect,
): Condition {
  if (filter === null || filter === undefined) return ALWAYS;
  const criteria = filter as Criteria; // read by field name only
  return joinConditions(criteria["operator"], fieldConditions(criteria, fields, dialect));
}

/** Joins conditions. None at all hold for every row, as upstream, whichever the operator. */
export function joinConditions(operator: unknown, conditions: readonly Condition[]): Condition {
  const [first, ...rest] = conditions;
  if (first === undefined) return ALWAYS;
  if (rest.length === 0) return first;
  return sql<SqlBool>`(${sql.join(conditions, operator === "or_" ? sql` OR ` : sql` AND `)})`;
}

/** A field that was given without criteria counts as one that always holds, which matters where fields are ORed. */
function fieldConditions(criteria: Criteria, fields: FilterFields, dialect: SqlDialect): Condition[] {
  return givenCriteria(criteria).flatMap(([name, value]) => {
    const compile = fields[name];
    if (compile === undefined) return [];
    const field = value as Criteria; // the contract makes every field an object of criteria
    const conditions = compile(field, dialect);
    return [conditions.length === 0 ? ALWAYS : joinConditions(field["operator"], conditions)];
  });
}

function givenCriteria(criteria: Criteria): [string, unknown][] {
  return Object.entries(criteria).filter(
    ([name, value]) => name !== "operator" && value !== null && value !== undefined,
  );
}

function boundedBy(subject: ScalarSubject): RawBuilder<unknown> {
  return subject.bounded ?? sql.ref(subject.column);
}

// The contract's schemas have checked the types that the following narrow to.

function listOf(values: unknown): readonly SqlValue[] {
  return values as readonly SqlValue[];
}

export function stringsOf(values: unknown): readonly string[] {
  return values as readonly string[];
}

function textOf(value: unknown): string {
  return value as string;
}

function encode(value: unknown): SqlValue {
  return typeof value === "boolean" ? Number(value) : (value as SqlValue);
}
