/**
 * Event filters (protocol section 7.6). One part of the filter is answered by terms, which are indexed; the others are
 * checked on the events that the terms find. Values of a part OR, parts AND.
 */
import type { WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  EventAnyResourceFilter,
  EventFilter,
  EventRelatedFilter,
  EventResourceFilter,
  LabelSpecification,
} from "../../store/events.ts";
import type { SqlDialect } from "../dialect.ts";
import { eventTerm } from "../event-terms.ts";
import { type Condition, joinConditions } from "./criteria.ts";
import { textConditions } from "./object-fields.ts";

export interface EventSearch {
  /** The events sought have one of these terms. */
  readonly terms: readonly number[];
  /** What the terms leave open, on `event`. */
  readonly conditions: readonly Condition[];
}

type Json = RawBuilder<string>;
type Values = readonly string[] | null | undefined;

const PRIMARY: Json = sql`event.resource`;
const RELATED: Json = sql`event.related`;

export function compileEventFilter(
  workspaceId: WorkspaceId,
  filter: EventFilter,
  dialect: SqlDialect,
): EventSearch {
  const parts: FilterPart[] = [
    ...resourceParts(filter.resource, dialect),
    ...asList(filter.related).flatMap((related) => relatedPart(related, dialect)),
    ...asList(filter.any_resource).flatMap((any) => anyResourcePart(any, dialect)),
    ...nameParts(filter.event, dialect),
    ...idParts(filter.id?.id, dialect),
    ...textConditions(
      sql<string>`(event.event || ' ' || CAST(event.resource AS text) || ' ' || CAST(event.related AS text)
        || ' ' || CAST(event.payload AS text))`,
      filter.text?.query,
      dialect,
    ).map((condition) => ({ condition })),
  ];
  // The first part that has terms drives the search: parts come in the order of how few events they tend to leave.
  const driver = parts.find((part) => part.terms !== undefined);
  return {
    terms: driver?.terms?.(workspaceId) ?? [eventTerm("all", workspaceId)],
    conditions: parts.flatMap((part) => (part === driver && part.isAnswered ? [] : [part.condition])),
  };
}

interface FilterPart {
  readonly condition: Condition;
  readonly terms?: (workspaceId: WorkspaceId) => number[];
  /** The terms say all that the condition says. */
  readonly isAnswered?: boolean;
}

function resourceParts(filter: EventResourceFilter | null | undefined, dialect: SqlDialect): FilterPart[] {
  const parts: FilterPart[] = [];
  const { id, id_prefix: prefixes, labels } = filter ?? {};
  if (isGiven(id)) {
    parts.push({
      condition: dialect.inList(idOf(PRIMARY, dialect), "text", id),
      terms: (workspaceId) => id.map((text) => eventTerm("resource", workspaceId, text)),
      isAnswered: true,
    });
  }
  if (isGiven(prefixes)) parts.push({ condition: startsWithAny(idOf(PRIMARY, dialect), prefixes) });
  parts.push(...labelConditions(PRIMARY, labels, dialect).map((condition) => ({ condition })));
  return parts;
}

/** One and the same related resource has to satisfy all criteria of a filter. */
function relatedPart(filter: EventRelatedFilter, dialect: SqlDialect): FilterPart[] {
  const element = elementOf("related_resource");
  const { id, role, resources_in_roles: inRoles, labels } = filter;
  const conditions = [...labelConditions(element, labels, dialect)];
  if (isGiven(id)) conditions.push(dialect.inList(idOf(element, dialect), "text", id));
  if (isGiven(role)) conditions.push(dialect.inList(roleOf(element, dialect), "text", role));
  if (inRoles && inRoles.length > 0) {
    conditions.push(
      joinConditions(
        "or_",
        inRoles.map(
          ([resourceId, inRole]) =>
            sql<SqlBool>`(${idOf(element, dialect)} = ${resourceId} AND ${roleOf(element, dialect)} = ${inRole})`,
        ),
      ),
    );
  }
  if (conditions.length === 0) return [];
  const ids = isGiven(id) ? id : inRoles?.map(([resourceId]) => resourceId);
  return [
    {
      condition: existsRelated("related_resource", joinConditions("and_", conditions), dialect),
      ...(isGiven(ids) && {
        terms: (workspaceId: WorkspaceId) => ids.map((text) => eventTerm("related", workspaceId, text)),
        isAnswered: isGiven(id) && conditions.length === 1,
      }),
    },
  ];
}

function anyResourcePart(filter: EventAnyResourceFilter, dialect: SqlDialect): FilterPart[] {
  const { id, id_prefix: prefixes, labels } = filter;
  const conditionsOn = (resource: Json): Condition[] => [
    ...(isGiven(id) ? [dialect.inList(idOf(resource, dialect), "text", id)] : []),
    ...(isGiven(prefixes) ? [startsWithAny(idOf(resource, dialect), prefixes)] : []),
    ...labelConditions(resource, labels, dialect),
  ];
  const onPrimary = conditionsOn(PRIMARY);
  if (onPrimary.length === 0) return [];
  const onElement = joinConditions("and_", conditionsOn(elementOf("any_resource")));
  return [
    {
      condition: joinConditions("or_", [
        joinConditions("and_", onPrimary),
        existsRelated("any_resource", onElement, dialect),
      ]),
      ...(isGiven(id) && {
        terms: (workspaceId: WorkspaceId) =>
          id.flatMap((text) => [
            eventTerm("resource", workspaceId, text),
            eventTerm("related", workspaceId, text),
          ]),
        isAnswered: onPrimary.length === 1,
      }),
    },
  ];
}

function nameParts(names: EventFilter["event"], dialect: SqlDialect): FilterPart[] {
  const parts: FilterPart[] = [];
  const name = sql.ref<string>("event.event");
  const { name: wanted, exclude_name: unwanted, prefix: prefixes, exclude_prefix: excluded } = names ?? {};
  if (isGiven(wanted)) {
    parts.push({
      condition: dialect.inList(name, "text", wanted),
      terms: (workspaceId) => wanted.map((text) => eventTerm("name", workspaceId, text)),
      isAnswered: true,
    });
  }
  if (isGiven(prefixes)) parts.push({ condition: startsWithAny(name, prefixes) });
  if (isGiven(excluded)) parts.push({ condition: sql<SqlBool>`NOT ${startsWithAny(name, excluded)}` });
  if (isGiven(unwanted)) {
    parts.push({ condition: sql<SqlBool>`NOT ${dialect.inList(name, "text", unwanted)}` });
  }
  return parts;
}

function idParts(ids: Values, dialect: SqlDialect): FilterPart[] {
  return isGiven(ids) ? [{ condition: dialect.inList(sql.ref("event.id"), "uuid", ids) }] : [];
}

/** Labels AND, values of a label OR; an empty list of values matches nothing, as does a label that is not there. */
function labelConditions(
  resource: Json,
  labels: LabelSpecification | null | undefined,
  dialect: SqlDialect,
): Condition[] {
  return Object.entries(labels ?? {}).map(([label, values]) => {
    const value = dialect.jsonText(resource, label);
    const conditions = [values].flat().map((pattern) => {
      const isNegated = pattern.startsWith("!");
      const matches = dialect.glob(value, isNegated ? pattern.slice(1) : pattern);
      return isNegated ? sql<SqlBool>`NOT ${matches}` : matches;
    });
    return conditions.length === 0 ? sql<SqlBool>`1 = 0` : joinConditions("or_", conditions);
  });
}

function existsRelated(alias: string, condition: Condition, dialect: SqlDialect): Condition {
  return sql<SqlBool>`EXISTS (SELECT 1 FROM ${dialect.jsonElements(RELATED, alias)} WHERE ${condition})`;
}

function elementOf(alias: string): Json {
  return sql.ref<string>(`${alias}.value`);
}

function idOf(resource: Json, dialect: SqlDialect) {
  return dialect.jsonText(resource, "prefect.resource.id");
}

function roleOf(resource: Json, dialect: SqlDialect) {
  return dialect.jsonText(resource, "prefect.resource.role");
}

function startsWithAny(text: ReturnType<typeof idOf>, prefixes: readonly string[]): Condition {
  return joinConditions(
    "or_",
    prefixes.map((prefix) => sql<SqlBool>`substr(${text}, 1, length(${prefix})) = ${prefix}`),
  );
}

function isGiven(values: Values): values is readonly string[] {
  return values !== null && values !== undefined && values.length > 0;
}

function asList<Filter extends object>(
  filters: Filter | readonly Filter[] | null | undefined,
): readonly Filter[] {
  if (!filters) return [];
  // `Array.isArray` does not narrow readonly arrays.
  return Array.isArray(filters) ? filters : [filters as Filter];
}
