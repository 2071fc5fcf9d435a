/**
 * Cross-object filters: the rows of one table for which every given filter holds, for the row itself or for a row that
 * it is related to.
 */
import type { WorkspaceId } from "@sluice/schemas";
import { type SqlBool, sql } from "kysely";
import type { ObjectFilters } from "../../store/filters.ts";
import type { SqlDialect } from "../dialect.ts";
import { type Condition, compileFilter, joinConditions } from "./criteria.ts";
import {
  DEPLOYMENT_FIELDS,
  FLOW_FIELDS,
  FLOW_RUN_FIELDS,
  TASK_RUN_FIELDS,
  WORK_POOL_FIELDS,
  WORK_QUEUE_FIELDS,
} from "./object-fields.ts";

/** Conditions on `flow`. */
export function flowCondition(
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  dialect: SqlDialect,
): Condition {
  const { flows, flow_runs: flowRuns, task_runs: taskRuns, deployments, work_pools: workPools } = filters;
  const conditions = [
    sql<SqlBool>`flow.workspace_id = ${workspaceId}`,
    compileFilter(flows, FLOW_FIELDS, dialect),
  ];
  if (deployments || workPools) {
    const related = [compileFilter(deployments, DEPLOYMENT_FIELDS, dialect)];
    if (workPools) related.push(inQueues("deployment", { workPools }, dialect));
    conditions.push(sql<SqlBool>`EXISTS
      (SELECT 1 FROM deployment WHERE deployment.flow_id = flow.id AND ${joinConditions("and_", related)})`);
  }
  if (flowRuns || taskRuns) {
    const related = [compileFilter(flowRuns, FLOW_RUN_FIELDS, dialect)];
    if (taskRuns) related.push(taskRunExists(taskRuns, dialect));
    conditions.push(sql<SqlBool>`EXISTS
      (SELECT 1 FROM flow_run WHERE flow_run.flow_id = flow.id AND ${joinConditions("and_", related)})`);
  }
  return joinConditions("and_", conditions);
}

/** Conditions on `flow_run`. */
export function flowRunCondition(
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  dialect: SqlDialect,
  sort?: string,
): Condition {
  return joinConditions("and_", [
    inWorkspace("flow_run", workspaceId, dialect, sort),
    ...flowRunFilterConditions(filters, dialect),
  ]);
}

/** Conditions on `task_run`. */
export function taskRunCondition(
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  dialect: SqlDialect,
  sort?: string,
): Condition {
  const { task_runs: taskRuns, ...ofFlowRun } = filters;
  const conditions = [
    inWorkspace("task_run", workspaceId, dialect, sort),
    compileFilter(taskRuns, TASK_RUN_FIELDS, dialect),
  ];
  if (Object.values(ofFlowRun).some((filter) => filter)) {
    conditions.push(...keyConditions("task_run.flow_run_id", ofFlowRun.flow_runs, dialect));
    if (!onlyNamesIds(ofFlowRun)) {
      const related = joinConditions("and_", flowRunFilterConditions(ofFlowRun, dialect));
      conditions.push(
        sql<SqlBool>`EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = task_run.flow_run_id AND ${related})`,
      );
    }
  }
  return joinConditions("and_", conditions);
}

/** Conditions on `artifact` through the runs that made it. */
export function artifactRelationConditions(
  filters: Pick<ObjectFilters, "flows" | "flow_runs" | "task_runs" | "deployments">,
  dialect: SqlDialect,
): Condition[] {
  const { task_runs: taskRuns, ...ofFlowRun } = filters;
  const conditions: Condition[] = [];
  if (taskRuns) {
    conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM task_run WHERE task_run.id = artifact.task_run_id
      AND ${compileFilter(taskRuns, TASK_RUN_FIELDS, dialect)})`);
  }
  if (Object.values(ofFlowRun).some((filter) => filter)) {
    conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = artifact.flow_run_id
      AND ${joinConditions("and_", flowRunFilterConditions(ofFlowRun, dialect))})`);
  }
  return conditions;
}

/** In the order of ids the key itself is the index to follow. */
function inWorkspace(
  table: "flow_run" | "task_run",
  workspaceId: WorkspaceId,
  dialect: SqlDialect,
  sort: string | undefined,
): Condition {
  const column = sql.ref(`${table}.workspace_id`);
  return sql<SqlBool>`${sort === "ID_DESC" ? dialect.unindexed(column) : column} = ${workspaceId}`;
}

function flowRunFilterConditions(filters: ObjectFilters, dialect: SqlDialect): Condition[] {
  const { flows, flow_runs: flowRuns, task_runs: taskRuns, deployments } = filters;
  const { work_pools: workPools, work_pool_queues: workQueues } = filters;
  const conditions = [compileFilter(flowRuns, FLOW_RUN_FIELDS, dialect)];
  // The other side has few rows: they are found once, not looked up for every run.
  if (flows) {
    const matching = sql`SELECT flow.id FROM flow WHERE ${compileFilter(flows, FLOW_FIELDS, dialect)}`;
    conditions.push(sql<SqlBool>`flow_run.flow_id IN (${matching})`);
  }
  if (deployments) {
    const matching = sql`SELECT deployment.id FROM deployment
      WHERE ${compileFilter(deployments, DEPLOYMENT_FIELDS, dialect)}`;
    conditions.push(sql<SqlBool>`flow_run.deployment_id IN (${matching})`);
  }
  if (workPools) conditions.push(inQueues("flow_run", { workPools }, dialect));
  if (workQueues) conditions.push(inQueues("flow_run", { workQueues }, dialect));
  if (taskRuns) conditions.push(taskRunExists(taskRuns, dialect));
  return conditions;
}

function taskRunExists(filter: NonNullable<ObjectFilters["task_runs"]>, dialect: SqlDialect): Condition {
  return sql<SqlBool>`EXISTS (SELECT 1 FROM task_run WHERE task_run.flow_run_id = flow_run.id
    AND ${compileFilter(filter, TASK_RUN_FIELDS, dialect)})`;
}

/** The row's work queue matches, or the pool of its queue does. */
function inQueues(
  table: "flow_run" | "deployment",
  filters: {
    readonly workPools?: ObjectFilters["work_pools"];
    readonly workQueues?: ObjectFilters["work_pool_queues"];
  },
  dialect: SqlDialect,
): Condition {
  const conditions = joinConditions("and_", [
    compileFilter(filters.workQueues, WORK_QUEUE_FIELDS, dialect),
    compileFilter(filters.workPools, WORK_POOL_FIELDS, dialect),
  ]);
  return sql<SqlBool>`${sql.ref(`${table}.work_queue_id`)} IN (SELECT work_queue.id
    FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id WHERE ${conditions})`;
}

interface FilterById {
  readonly operator?: unknown;
  readonly id?: { readonly any_?: readonly string[] | null } | null;
}

/** The ids that a filter insists on, tested on the row's own key. */
function keyConditions(
  column: string,
  filter: FilterById | null | undefined,
  dialect: SqlDialect,
): Condition[] {
  const ids = filter?.operator === "or_" ? null : filter?.id?.any_;
  return ids ? [dialect.inList(sql.ref(column), "uuid", ids)] : [];
}

/** True when the filters say no more than which flow runs, by id: the key says it all. */
function onlyNamesIds(filters: ObjectFilters): boolean {
  const { flow_runs: flowRuns, ...others } = filters;
  if (!flowRuns || Object.values(others).some((filter) => filter)) return false;
  const { operator, id, ...fields } = flowRuns;
  return (
    operator !== "or_" &&
    !!id?.any_ &&
    !id.not_any_?.length &&
    Object.values(fields).every((field) => field === null || field === undefined)
  );
}
