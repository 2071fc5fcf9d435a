/** Run filters evaluated in memory: a second, plain reading of the rules, to compare the queries with. */
import type { FlowRunFilter, TaskRunFilter } from "@sluice/schemas";
import type { NewFlowRun } from "../flow-runs.ts";
import type { TaskRun } from "../task-runs.ts";

type Criteria = Readonly<Record<string, unknown>>;
type Test = (value: unknown, argument: never) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  any_: (value, list: readonly unknown[]) => value !== null && list.includes(value),
  not_any_: (value, list: readonly unknown[]) => value !== null && !list.includes(value),
  like_: (value, text: string) => String(value).toLowerCase().includes(text.toLowerCase()),
  is_null_: (value, isNull: boolean) => (value === null) === isNull,
  before_: (value, bound: number) => typeof value === "number" && value <= bound,
  after_: (value, bound: number) => typeof value === "number" && value >= bound,
};

const TAG_TESTS: Readonly<Record<string, Test>> = {
  all_: (tags, list: readonly string[]) => list.every((tag) => (tags as string[]).includes(tag)),
  any_: (tags, list: readonly string[]) => list.some((tag) => (tags as string[]).includes(tag)),
  is_null_: (tags, isEmpty: boolean) => ((tags as string[]).length === 0) === isEmpty,
};

export function matchesFlowRunFilter(run: NewFlowRun, filter: FlowRunFilter): boolean {
  const { start_time: start } = filter;
  return matchesFields(filter, {
    id: (criteria) => matchesCriteria(run.id, criteria),
    name: (criteria) => matchesCriteria(run.name, criteria),
    tags: (criteria) => matchesCriteria(run.tags, criteria, TAG_TESTS),
    deployment_id: (criteria) => matchesCriteria(run.deployment_id, criteria),
    work_queue_name: (criteria) => matchesCriteria(run.work_queue_name, criteria),
    flow_version: (criteria) => matchesCriteria(run.flow_version, criteria),
    state: (criteria) =>
      matchesFields(criteria, {
        type: (type) => matchesCriteria(run.state?.type ?? null, type),
        name: (name) => matchesCriteria(run.state?.name ?? null, name),
      }),
    start_time: (criteria) =>
      matchesCriteria(run.start_time ?? run.expected_start_time, { ...criteria, is_null_: null }) &&
      matchesCriteria(run.start_time, { is_null_: start?.is_null_ }),
    end_time: (criteria) => matchesCriteria(run.end_time, criteria),
    expected_start_time: (criteria) => matchesCriteria(run.expected_start_time, criteria),
    idempotency_key: (criteria) => matchesCriteria(run.idempotency_key, criteria),
    parent_task_run_id: (criteria) => matchesCriteria(run.parent_task_run_id, criteria),
  });
}

export function matchesTaskRunFilter(run: TaskRun, filter: TaskRunFilter): boolean {
  return matchesFields(filter, {
    name: (criteria) => matchesCriteria(run.name, criteria),
    tags: (criteria) => matchesCriteria(run.tags, criteria, TAG_TESTS),
    state: (criteria) =>
      matchesFields(criteria, {
        type: (type) => matchesCriteria(run.state?.type ?? null, type),
        name: (name) => matchesCriteria(run.state?.name ?? null, name),
      }),
    start_time: (criteria) => matchesCriteria(run.start_time, criteria),
    end_time: (criteria) => matchesCriteria(run.end_time, criteria),
    expected_start_time: (criteria) => matchesCriteria(run.expected_start_time, criteria),
  });
}

function matchesFields(
  filter: object,
  fields: Readonly<Record<string, (criteria: Criteria) => boolean>>,
): boolean {
  const criteria = filter as Criteria;
  const results = given(criteria).map(([name, value]) => {
    const matches = fields[name];
    if (matches === undefined) throw new Error(`The model does not know the field ${name}.`);
    return matches(value as Criteria);
  });
  return join(criteria["operator"], results);
}

function matchesCriteria(value: unknown, criteria: Criteria, tests = TESTS): boolean {
  return join(
    criteria["operator"],
    given(criteria).map(([name, argument]) => tests[name]?.(value, argument as never) ?? true),
  );
}

function given(criteria: Criteria): [string, unknown][] {
  return Object.entries(criteria).filter(
    ([name, value]) =>
      name !== "operator" && value !== null && value !== undefined && !isEmptyDemand(name, value),
  );
}

/** To demand all of nothing, none of nothing, or a part that is empty, is no demand; `any_` of nothing is one. */
function isEmptyDemand(name: string, value: unknown): boolean {
  return ["all_", "not_any_", "like_"].includes(name) && (value as string | readonly unknown[]).length === 0;
}

function join(operator: unknown, results: readonly boolean[]): boolean {
  if (results.length === 0) return true;
  return operator === "or_" ? results.some(Boolean) : results.every(Boolean);
}
