/** Figures about task runs: what the dashboard's widgets show (protocol section 2.3). */
import type { StateType, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { ObjectFilters } from "../../store/filters.ts";
import type { TaskRunCount, TaskRunReads } from "../../store/task-runs.ts";
import type { Session } from "../dialect.ts";
import { taskRunCondition } from "../filters/object-filters.ts";

export async function countTaskRunsByStateType(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  filters: ObjectFilters,
): Promise<Map<StateType, number>> {
  const { rows } = await sql<{ state_type: StateType; count: number }>`
    SELECT state_type, count(*) AS count FROM task_run
    WHERE ${taskRunCondition(workspaceId, filters, dialect)} AND state_type IS NOT NULL
    GROUP BY state_type`.execute(db);
  return new Map(rows.map((row) => [row.state_type, row.count]));
}

export async function selectDashboardCounts(
  { db, dialect }: Session,
  workspaceId: WorkspaceId,
  request: Parameters<TaskRunReads["dashboardCounts"]>[1],
): Promise<TaskRunCount[]> {
  const { filters, start, end, buckets } = request;
  const slice = (end - start) / buckets;
  const bucket = dialect.floorDivide(sql<number>`task_run.start_time - ${start}`, slice);
  const { rows } = await sql<{ bucket: number; completed: number; failed: number }>`
    SELECT bucket, count(CASE WHEN has_failed = 0 THEN 1 END) AS completed,
      count(CASE WHEN has_failed = 1 THEN 1 END) AS failed
    FROM (SELECT ${bucket} AS bucket,
        CASE WHEN task_run.state_type IN ('FAILED', 'CRASHED') THEN 1 ELSE 0 END AS has_failed
      FROM task_run
      WHERE ${taskRunCondition(workspaceId, filters, dialect)}
        AND task_run.state_type IN ('COMPLETED', 'CANCELLED', 'FAILED', 'CRASHED')
        AND task_run.start_time >= ${start} AND task_run.start_time < ${end}) AS finished
    GROUP BY bucket`.execute(db);
  const counts = new Map(rows.map((row) => [row.bucket, row]));
  return Array.from({ length: buckets }, (_, index) => {
    const row = counts.get(index);
    return { completed: row?.completed ?? 0, failed: row?.failed ?? 0 };
  });
}
