/** Figures about flow runs: lateness, and what the dashboard's widgets show (protocol section 2.3). */
import type { FlowId, FlowRunId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { ObjectFilters } from "../../store/filters.ts";
import type { FlowRunQuery, NextFlowRun, SimpleFlowRun } from "../../store/flow-runs.ts";
import type { Session } from "../dialect.ts";
import { flowRunCondition } from "../filters/object-filters.ts";
import { estimatedRunTime, lateness } from "./histories.ts";
import { flowRunOrder } from "./orders.ts";

const MICROSECONDS_PER_SECOND = 1_000_000;

export async function averageLateness(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
  now: Timestamp,
): Promise<number | null> {
  const { rows } = await sql<{ average: number | null }>`
    SELECT CAST(avg(${lateness("flow_run", now)}) AS double precision) AS average FROM flow_run
    WHERE ${flowRunCondition(workspaceId, filters, dialect)}`.execute(db);
  const average = rows[0]?.average ?? null;
  return average === null ? null : average / MICROSECONDS_PER_SECOND;
}

export async function selectSimpleHistory(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  query: FlowRunQuery & { readonly now: Timestamp },
): Promise<SimpleFlowRun[]> {
  const { rows } = await sql<SimpleFlowRun>`SELECT flow_run.id AS id, flow_run.state_type AS state_type,
      coalesce(flow_run.start_time, flow_run.expected_start_time) AS timestamp,
      ${estimatedRunTime("flow_run", query.now)} AS duration, ${lateness("flow_run", query.now)} AS lateness
    FROM flow_run
    WHERE ${flowRunCondition(workspaceId, query.filters, dialect)} AND flow_run.state_type IS NOT NULL
    ORDER BY ${flowRunOrder(query.sort)} LIMIT ${query.limit} OFFSET ${query.offset}`.execute(db);
  return rows;
}

/** Task runs that stand for a subflow run are not counted. */
export async function countTaskRunsOfFlowRuns(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  ids: readonly FlowRunId[],
): Promise<Map<FlowRunId, number>> {
  const { rows } = await sql<{ flow_run_id: FlowRunId; count: number }>`
    SELECT flow_run_id, count(*) AS count FROM task_run
    WHERE workspace_id = ${workspaceId} AND ${dialect.inList(sql.ref("flow_run_id"), "uuid", ids)}
      AND NOT EXISTS (SELECT 1 FROM flow_run AS subflow WHERE subflow.parent_task_run_id = task_run.id)
    GROUP BY flow_run_id`.execute(db);
  const counts = new Map(ids.map((id) => [id, 0]));
  for (const row of rows) counts.set(row.flow_run_id, row.count);
  return counts;
}

export async function nextRunOfFlows(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  flowIds: readonly FlowId[],
): Promise<Map<FlowId, NextFlowRun>> {
  const { rows } =
    await sql<NextFlowRun>`SELECT id, flow_id, name, state_name, state_type, next_scheduled_start_time
    FROM (SELECT id, flow_id, name, state_name, state_type, next_scheduled_start_time,
        row_number() OVER (PARTITION BY flow_id ORDER BY next_scheduled_start_time, id) AS place
      FROM flow_run
      WHERE workspace_id = ${workspaceId} AND ${dialect.inList(sql.ref("flow_id"), "uuid", flowIds)}
        AND state_type = 'SCHEDULED' AND next_scheduled_start_time IS NOT NULL) AS scheduled
    WHERE place = 1`.execute(db);
  return new Map(rows.map((row) => [row.flow_id, row]));
}
