/**
 * Deleting runs with what hangs on them. States, inputs, task runs and their states go by foreign key; logs, artifacts
 * and leases have none and go here. Runs of subflows stay and, by foreign key, lose their parent. Events stay, and so do
 * artifacts with a key: they are the history of that key.
 */
import { type RawBuilder, sql } from "kysely";
import type { Session } from "../dialect.ts";

type Ids = RawBuilder<unknown>;

/** @param ids a select of flow-run ids */
export async function deleteFlowRuns({ db, dialect }: Session, ids: Ids): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${ids}`.execute(db);
  const flowRunIds = rows.map((row) => row.id);
  if (flowRunIds.length === 0) return [];
  await dialect.lockRows(db, "flow_run", flowRunIds);
  const isFlowRun = (column: string) => dialect.inList(sql.ref(column), "uuid", flowRunIds);
  const taskRuns = sql`SELECT id FROM task_run WHERE ${isFlowRun("flow_run_id")}`;
  await detach({ db, dialect }, taskRuns);
  await sql`DELETE FROM log WHERE ${isFlowRun("flow_run_id")}`.execute(db);
  await sql`DELETE FROM artifact WHERE ${isFlowRun("flow_run_id")} AND key IS NULL`.execute(db);
  await releaseLeases({ db, dialect }, flowRunIds);
  await sql`DELETE FROM flow_run WHERE ${isFlowRun("id")}`.execute(db);
  return flowRunIds;
}

/** Gives back the slots that the runs hold, by name or through the lease that their current state carries. */
async function releaseLeases({ db, dialect }: Session, flowRunIds: readonly string[]): Promise<void> {
  await sql`DELETE FROM concurrency_lease WHERE holder_type = 'flow_run'
    AND ${dialect.inList(sql.ref("holder_id"), "text", flowRunIds)}`.execute(db);
  const { rows } = await sql<{ id: string | null }>`
    SELECT state.state_details ->> 'deployment_concurrency_lease_id' AS id
    FROM flow_run JOIN flow_run_state AS state ON state.id = flow_run.state_id
    WHERE ${dialect.inList(sql.ref("flow_run.id"), "uuid", flowRunIds)}`.execute(db);
  const leaseIds = rows.flatMap(({ id }) => (id === null ? [] : [id]));
  await sql`DELETE FROM concurrency_lease WHERE ${dialect.inList(sql.ref("id"), "uuid", leaseIds)}`.execute(
    db,
  );
}

/** @param ids a select of task-run ids */
export async function deleteTaskRuns({ db, dialect }: Session, ids: Ids): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${ids}`.execute(db);
  const taskRunIds = rows.map((row) => row.id);
  if (taskRunIds.length === 0) return [];
  await dialect.lockRows(db, "task_run", taskRunIds);
  const isTaskRun = (column: string) => dialect.inList(sql.ref(column), "uuid", taskRunIds);
  await detach({ db, dialect }, sql`SELECT id FROM task_run WHERE ${isTaskRun("id")}`);
  await sql`DELETE FROM task_run WHERE ${isTaskRun("id")}`.execute(db);
  return taskRunIds;
}

/** Takes from task runs what no foreign key does. */
async function detach({ db }: Session, taskRuns: Ids): Promise<void> {
  await sql`DELETE FROM log WHERE task_run_id IN (${taskRuns})`.execute(db);
  await sql`DELETE FROM artifact WHERE task_run_id IN (${taskRuns}) AND key IS NULL`.execute(db);
  await sql`DELETE FROM concurrency_lease WHERE holder_type = 'task_run'
    AND holder_id IN (SELECT CAST(id AS TEXT) FROM task_run WHERE id IN (${taskRuns}))`.execute(db);
}
