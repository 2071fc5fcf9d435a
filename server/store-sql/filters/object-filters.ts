/**
 * Cross-object filters: the rows of one table for which every given filter holds, for the row itself or for a row that
 * it is related to. Each relation is an EXISTS; a relation's ids are also tested on the row's own key, which can use
 * an index.
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
    if (workPools) related.push(queueExists("deployment", { workPools }, dialect));
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
): Condition {
  return joinConditions("and_", [
    sql<SqlBool>`flow_run.workspace_id = ${workspaceId}`,
    ...flowRunFilterConditions(filters, dialect),
  ]);
}

/** Conditions on `task_run`. */
export function taskRunCondition(
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  dialect: SqlDialect,
): Condition {
  const { task_runs: taskRuns, ...ofFlowRun } = filters;
  const conditions = [
    sql<SqlBool>`task_run.workspace_id = ${workspaceId}`,
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

function flowRunFilterConditions(filters: ObjectFilters, dialect: SqlDialect): Condition[] {
  const { flows, flow_runs: flowRuns, task_runs: taskRuns, deployments } = filters;
  const { work_pools: workPools, work_pool_queues: workQueues } = filters;
  const conditions = [compileFilter(flowRuns, FLOW_RUN_FIELDS, dialect)];
  if (flows) {
    conditions.push(
      ...keyConditions("flow_run.flow_id", flows, dialect),
      sql<SqlBool>`EXISTS (SELECT 1 FROM flow WHERE flow.id = flow_run.flow_id
        AND ${compileFilter(flows, FLOW_FIELDS, dialect)})`,
    );
  }
  if (deployments) {
    conditions.push(
      ...keyConditions("flow_run.deployment_id", deployments, dialect),
      sql<SqlBool>`EXISTS (SELECT 1 FROM deployment WHERE deployment.id = flow_run.deployment_id
        AND ${compileFilter(deployments, DEPLOYMENT_FIELDS, dialect)})`,
    );
  }
  if (workPools) conditions.push(queueExists("flow_run", { workPools }, dialect));
  if (workQueues) {
    conditions.push(
      ...keyConditions("flow_run.work_queue_id", workQueues, dialect),
      queueExists("flow_run", { workQueues }, dialect),
    );
  }
  if (taskRuns) conditions.push(taskRunExists(taskRuns, dialect));
  return conditions;
}

function taskRunExists(filter: NonNullable<ObjectFilters["task_runs"]>, dialect: SqlDialect): Condition {
  return sql<SqlBool>`EXISTS (SELECT 1 FROM task_run WHERE task_run.flow_run_id = flow_run.id
    AND ${compileFilter(filter, TASK_RUN_FIELDS, dialect)})`;
}

/** The row's work queue exists and it, or its pool, matches. */
function queueExists(
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
  return sql<SqlBool>`EXISTS (SELECT 1 FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
    WHERE work_queue.id = ${sql.ref(`${table}.work_queue_id`)} AND ${conditions})`;
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
