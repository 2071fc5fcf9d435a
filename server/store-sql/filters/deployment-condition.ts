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

/** Conditions on `deployment`. */
export function deploymentCondition(
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  dialect: SqlDialect,
): Condition {
  const { flows, flow_runs: flowRuns, task_runs: taskRuns, deployments } = filters;
  const conditions = [
    sql<SqlBool>`deployment.workspace_id = ${workspaceId}`,
    compileFilter(deployments, DEPLOYMENT_FIELDS, dialect),
  ];
  if (flows) {
    conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM flow WHERE flow.id = deployment.flow_id
      AND ${compileFilter(flows, FLOW_FIELDS, dialect)})`);
  }
  if (flowRuns || taskRuns) {
    const related = [compileFilter(flowRuns, FLOW_RUN_FIELDS, dialect)];
    if (taskRuns) {
      related.push(sql<SqlBool>`EXISTS (SELECT 1 FROM task_run WHERE task_run.flow_run_id = flow_run.id
        AND ${compileFilter(taskRuns, TASK_RUN_FIELDS, dialect)})`);
    }
    conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM flow_run WHERE flow_run.deployment_id = deployment.id
      AND ${joinConditions("and_", related)})`);
  }
  const inQueues = queueCondition(filters, dialect);
  if (inQueues) conditions.push(inQueues);
  return joinConditions("and_", conditions);
}

function queueCondition(
  { work_pools: workPools, work_pool_queues: workQueues }: ObjectFilters,
  dialect: SqlDialect,
): Condition | null {
  if (!workPools && !workQueues) return null;
  return sql<SqlBool>`deployment.work_queue_id IN (SELECT work_queue.id
    FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
    WHERE ${compileFilter(workQueues, WORK_QUEUE_FIELDS, dialect)}
      AND ${compileFilter(workPools, WORK_POOL_FIELDS, dialect)})`;
}
