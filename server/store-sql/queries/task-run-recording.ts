/** The recorder's batch upsert: load what is stored, merge, write one statement per table. */
import type { FlowRunId, TaskRunId, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { RecordedTransition, TaskRun } from "../../store/task-runs.ts";
import { columnsOf } from "../tables.ts";
import { type Session, TransactionConflict } from "../dialect.ts";
import { naturalKey, recordTransitions } from "../recorded-runs.ts";
import { recordedStateRow } from "../states.ts";
import { encodeTaskRun, selectTaskRunsById } from "./task-run-rows.ts";

const UPDATED_COLUMNS = Object.keys(columnsOf("task_run")).filter(
  (column) => !["id", "workspace_id", "created"].includes(column),
);

export async function recordTaskRuns(
  session: Session,
  transitions: readonly RecordedTransition[],
): Promise<void> {
  const { db, dialect } = session;
  const recordable = await withoutLostFlowRuns(session, transitions);
  if (recordable.length === 0) return;
  const stored = await lockStored(session, recordable);
  const outcome = recordTransitions(stored, recordable);
  if (outcome.inserted.length > 0) {
    const rows = await dialect.insertRows(db, "task_run", outcome.inserted.map(encodeTaskRun), {
      onConflict: "DO NOTHING",
      returning: ["id"],
    });
    if (rows.length < outcome.inserted.length) {
      throw new TransactionConflict("Another recorder inserted one of these task runs at the same time.");
    }
  }
  if (outcome.updated.length > 0) {
    await dialect.updateRows(db, "task_run", outcome.updated.map(encodeTaskRun), {
      columns: UPDATED_COLUMNS,
    });
  }
  await dialect.insertRows(
    db,
    "task_run_state",
    outcome.states.map(({ run_id, transition }) => recordedStateRow(transition.state, run_id)),
    { onConflict: "(id) DO NOTHING" },
  );
}

/**
 * Leaves out task runs of flow runs that don't exist (any more) or belong to another workspace: a deleted run's task
 * runs must not come back with a late event. Keeps those flow runs from being deleted until the transaction ends.
 */
async function withoutLostFlowRuns(
  { db, dialect }: Session,
  transitions: readonly RecordedTransition[],
): Promise<RecordedTransition[]> {
  const ids = [...new Set(transitions.flatMap((transition) => transition.flow_run_id ?? []))];
  if (ids.length === 0) return [...transitions];
  const { rows } = await sql<{
    id: FlowRunId;
    workspace_id: WorkspaceId;
  }>`SELECT id, workspace_id FROM flow_run
    WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)} ORDER BY id ${dialect.keepReferenced}`.execute(db);
  const workspaces = new Map(rows.map((row) => [row.id, row.workspace_id]));
  return transitions.filter(
    ({ flow_run_id, workspace_id }) => flow_run_id === null || workspaces.get(flow_run_id) === workspace_id,
  );
}

/** The stored runs that the batch is about, by id and by natural key, locked. */
async function lockStored(session: Session, transitions: readonly RecordedTransition[]): Promise<TaskRun[]> {
  const { db, dialect } = session;
  const distinct = new Map(transitions.map((transition) => [naturalKey(transition), transition]));
  const keys = JSON.stringify(
    Array.from(distinct.values(), ({ flow_run_id, workspace_id, task_key, dynamic_key }) => [
      flow_run_id,
      task_key,
      dynamic_key,
      workspace_id,
    ]),
  );
  const elements = dialect.jsonElements(sql<string>`${keys}`, "wanted");
  const { rows } = await sql<{ id: TaskRunId }>`
    SELECT task_run.id FROM ${elements} CROSS JOIN task_run
    WHERE task_run.flow_run_id = ${dialect.uuid(sql<string>`wanted.value ->> 0`)}
      AND task_run.task_key = wanted.value ->> 1 AND task_run.dynamic_key = wanted.value ->> 2
    UNION SELECT task_run.id FROM ${elements} CROSS JOIN task_run
    WHERE wanted.value ->> 0 IS NULL AND task_run.flow_run_id IS NULL
      AND task_run.workspace_id = ${dialect.uuid(sql<string>`wanted.value ->> 3`)}
      AND task_run.task_key = wanted.value ->> 1 AND task_run.dynamic_key = wanted.value ->> 2
    UNION SELECT id FROM task_run WHERE ${dialect.inList(sql.ref("id"), "uuid", [
      ...new Set(transitions.map((transition) => transition.id)),
    ])}`.execute(db);
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  await dialect.lockRows(db, "task_run", ids);
  return selectTaskRunsById(session, ids);
}
