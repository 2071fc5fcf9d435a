/** Log filters in memory: the same meaning as the store's queries, for live streams; text search included. */
import { matchesTextQuery, parseTextQuery } from "@sluice/schemas";
import type { LogFilter } from "../store/filters.ts";
import type { Log } from "../store/logs.ts";

export type LogPredicate = (log: Log) => boolean;

/** Compiles a filter once. Criteria AND, or OR with `operator: "or_"`; none at all match every log. */
export function compileLogFilter(filter: LogFilter): LogPredicate {
  const { level, timestamp, flow_run_id: flowRun } = filter;
  const criteria = [
    ...bounds((log) => log.level, level?.ge_, level?.le_),
    ...bounds((log) => log.timestamp, timestamp?.after_, timestamp?.before_),
    ...anyOf((log) => log.flow_run_id, flowRun?.any_),
    ...taskRunCriteria(filter.task_run_id),
    ...textCriteria(filter.text?.query),
  ];
  return combine(criteria, filter.operator);
}

function bounds(
  read: (log: Log) => number,
  lowest: number | null | undefined,
  highest: number | null | undefined,
): LogPredicate[] {
  const criteria: LogPredicate[] = [];
  if (lowest !== null && lowest !== undefined) criteria.push((log) => read(log) >= lowest);
  if (highest !== null && highest !== undefined) criteria.push((log) => read(log) <= highest);
  return criteria.length === 0 ? [] : [combine(criteria, "and_")];
}

/** `any_: []` matches nothing. */
function anyOf(read: (log: Log) => string | null, ids: readonly string[] | null | undefined): LogPredicate[] {
  if (!ids) return [];
  const wanted: ReadonlySet<string | null> = new Set(ids);
  return [(log) => wanted.has(read(log))];
}

function taskRunCriteria(filter: LogFilter["task_run_id"]): LogPredicate[] {
  const criteria = anyOf((log) => log.task_run_id, filter?.any_);
  const isNull = filter?.is_null_;
  if (isNull !== null && isNull !== undefined) {
    criteria.push((log) => (log.task_run_id === null) === isNull);
  }
  return criteria.length === 0 ? [] : [combine(criteria, "and_")];
}

function textCriteria(query: string | null | undefined): LogPredicate[] {
  if (!query || query.trim() === "") return [];
  const parsed = parseTextQuery(query);
  return [(log) => matchesTextQuery(parsed, `${log.message} ${log.name}`.toLowerCase())];
}

function combine(criteria: readonly LogPredicate[], operator: LogFilter["operator"]): LogPredicate {
  if (operator === "or_" && criteria.length > 0) return (log) => criteria.some((matches) => matches(log));
  return (log) => criteria.every((matches) => matches(log));
}
