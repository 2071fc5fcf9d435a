/**
 * Event filters in memory: the same meaning as the store's queries, for live streams. Criteria AND; the values of one
 * criterion OR; an absent or empty criterion is no constraint (protocol section 7.6). Unlike upstream's stream, ours
 * honours `related` too (trap 42). `resource.distinct` and `order` speak of result sets and mean nothing for one event.
 */
import { matchesTextQuery, parseTextQuery } from "@sluice/schemas";
import type {
  EventAnyResourceFilter,
  EventFilter,
  EventRelatedFilter,
  EventResourceFilter,
  LabelSpecification,
  ResourceLabels,
  StoredEvent,
} from "../store/events.ts";
import { compileLabelPattern } from "./label-patterns.ts";

export type EventPredicate = (event: StoredEvent) => boolean;
type ResourcePredicate = (resource: ResourceLabels) => boolean;
type Values = readonly string[] | null | undefined;

/** Compiles a filter once, to be asked about every event of a stream. */
export function compileEventFilter(filter: EventFilter): EventPredicate {
  const { since, until } = filter.occurred;
  const parts: EventPredicate[] = [
    (event) => event.occurred >= since && event.occurred <= until,
    ...eventNameParts(filter.event),
    ...primaryParts(filter.resource),
    ...asList(filter.related).flatMap(relatedParts),
    ...asList(filter.any_resource).flatMap(anyResourceParts),
    ...idParts(filter.id?.id),
    ...textParts(filter.text?.query),
  ];
  return (event) => parts.every((part) => part(event));
}

function eventNameParts(names: EventFilter["event"]): EventPredicate[] {
  const parts: EventPredicate[] = [];
  const { prefix, exclude_prefix, name, exclude_name } = names ?? {};
  if (isGiven(prefix)) parts.push(({ event }) => prefix.some((start) => event.startsWith(start)));
  if (isGiven(exclude_prefix))
    parts.push(({ event }) => !exclude_prefix.some((start) => event.startsWith(start)));
  if (isGiven(name)) parts.push(({ event }) => name.includes(event));
  if (isGiven(exclude_name)) parts.push(({ event }) => !exclude_name.includes(event));
  return parts;
}

function primaryParts(filter: EventResourceFilter | null | undefined): EventPredicate[] {
  return [...resourceIdParts(filter), ...labelParts(filter?.labels)].map(
    (matches) => (event) => matches(event.resource),
  );
}

/** One and the same related resource has to satisfy all criteria of a filter. */
function relatedParts(filter: EventRelatedFilter): EventPredicate[] {
  const { role, resources_in_roles: inRoles } = filter;
  const parts = [...resourceIdParts(filter), ...labelParts(filter.labels)];
  if (isGiven(role)) parts.push((resource) => role.includes(roleOf(resource)));
  if (inRoles && inRoles.length > 0) {
    parts.push((resource) => inRoles.some(([id, as]) => idOf(resource) === id && roleOf(resource) === as));
  }
  return parts.length === 0 ? [] : [(event) => event.related.some(satisfiesAll(parts))];
}

function anyResourceParts(filter: EventAnyResourceFilter): EventPredicate[] {
  const parts = [...resourceIdParts(filter), ...labelParts(filter.labels)];
  if (parts.length === 0) return [];
  const matches = satisfiesAll(parts);
  return [(event) => matches(event.resource) || event.related.some(matches)];
}

function resourceIdParts(
  filter: { id?: Values; id_prefix?: Values } | null | undefined,
): ResourcePredicate[] {
  const parts: ResourcePredicate[] = [];
  const { id, id_prefix } = filter ?? {};
  if (isGiven(id)) parts.push((resource) => id.includes(idOf(resource)));
  if (isGiven(id_prefix))
    parts.push((resource) => id_prefix.some((start) => idOf(resource).startsWith(start)));
  return parts;
}

/** A label with an empty list of values matches nothing. */
function labelParts(labels: LabelSpecification | null | undefined): ResourcePredicate[] {
  return Object.entries(labels ?? {}).map(([label, values]) => {
    const patterns = [values].flat().map(compileLabelPattern);
    return (resource) => patterns.some((matches) => matches(resource[label]));
  });
}

function idParts(ids: Values): EventPredicate[] {
  if (!isGiven(ids)) return [];
  const wanted: ReadonlySet<string> = new Set(ids);
  return [(event) => wanted.has(event.id)];
}

function textParts(query: string | null | undefined): EventPredicate[] {
  if (!query || query.trim() === "") return [];
  const parsed = parseTextQuery(query);
  return [(event) => matchesTextQuery(parsed, eventSearchText(event))];
}

/** What a text search looks at, lower-case: the name, and the JSON of resource, related and payload, as it is stored. */
function eventSearchText({ event, resource, related, payload }: StoredEvent): string {
  const json = [resource, related, payload].map((part) => JSON.stringify(part));
  return [event, ...json].join(" ").toLowerCase();
}

function satisfiesAll(parts: readonly ResourcePredicate[]): ResourcePredicate {
  return (resource) => parts.every((part) => part(resource));
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

function idOf(resource: ResourceLabels): string {
  return resource["prefect.resource.id"] ?? "";
}

function roleOf(resource: ResourceLabels): string {
  return resource["prefect.resource.role"] ?? "";
}
