/** Task runs as rows, with their current state. */
import type { TaskRunId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { TaskRun } from "../../store/task-runs.ts";
import { type EncodedRow, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";
import { currentTaskRunStateColumns, decodeState, stateColumns } from "../states.ts";

const STATE_COLUMNS = ["state_id", "state_type", "state_name", "state_timestamp", "state_deferred"] as const;
const decodeColumns = rowDecoder<Omit<TaskRun, "state">>("task_run", { omit: STATE_COLUMNS });

/** What a select of task runs lists; read each row with {@link decodeTaskRun}. */
export const TASK_RUN_COLUMNS: RawBuilder<unknown> = sql`${columnList("task_run", "task_run")},
  ${stateColumns("run_state", "run_result", "current__")}`;

/** The tables behind {@link TASK_RUN_COLUMNS}. */
export const TASK_RUN_TABLES: RawBuilder<unknown> = sql`task_run
  LEFT JOIN task_run_state AS run_state ON run_state.id = task_run.state_id
  LEFT JOIN artifact AS run_result ON run_result.id = run_state.result_artifact_id`;

export function decodeTaskRun(row: object): TaskRun {
  return { ...decodeColumns(row), state: decodeState(row, "current__") };
}

export function encodeTaskRun(run: TaskRun): EncodedRow {
  return { ...encodeRow("task_run", run), ...currentTaskRunStateColumns(run.state) };
}

/** Reads runs in no order. */
export async function selectTaskRuns({ db }: Session, condition: RawBuilder<unknown>): Promise<TaskRun[]> {
  const { rows } =
    await sql<object>`SELECT ${TASK_RUN_COLUMNS} FROM ${TASK_RUN_TABLES} WHERE ${condition}`.execute(db);
  return rows.map(decodeTaskRun);
}

/** Reads runs by id, in no order. */
export function selectTaskRunsById(session: Session, ids: readonly TaskRunId[]): Promise<TaskRun[]> {
  return selectTaskRuns(session, sql`${session.dialect.inList(sql.ref("task_run.id"), "uuid", ids)}`);
}
