/** States as rows: the history tables, and result records in their artifacts (protocol section 3.1). */
import {
  type FlowRunId,
  RESULT_ARTIFACT_TYPE,
  type State,
  type StateDetails,
  type StateId,
  type StateType,
  type TaskRunId,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import { decodeJson, type EncodedRow, encodeRow } from "./codec.ts";

export type StateTable = "flow_run_state" | "task_run_state";

const RUN_KEYS = { flow_run_state: "flow_run_id", task_run_state: "task_run_id" } as const;

/** The run that a state is of, as far as its result's artifact needs it. */
export interface StateOwner {
  readonly workspace_id: WorkspaceId;
  readonly flow_run_id: FlowRunId | null;
  readonly task_run_id: TaskRunId | null;
}

/** The artifact that holds a state's result record. Its id is the state's own: one result per state, found without looking. */
export function resultArtifactRow(state: State, owner: StateOwner): EncodedRow {
  return encodeRow("artifact", {
    id: state.id,
    workspace_id: owner.workspace_id,
    created: state.timestamp,
    updated: state.timestamp,
    type: RESULT_ARTIFACT_TYPE,
    data: state.data,
    flow_run_id: owner.flow_run_id,
    task_run_id: owner.task_run_id,
  });
}

/** The history row of a state that the server accepted. */
export function acceptedStateRow(table: StateTable, state: State, runId: string): EncodedRow {
  const hasResult = hasPersistedResult(state.data);
  return encodeRow(table, {
    ...state,
    [RUN_KEYS[table]]: runId,
    data: hasResult ? null : state.data,
    result_artifact_id: hasResult ? state.id : null,
  });
}

/** The row of a state that a client reported: its data stays with it. */
export function recordedStateRow(state: State, taskRunId: TaskRunId): EncodedRow {
  return encodeRow("task_run_state", { ...state, task_run_id: taskRunId, result_artifact_id: null });
}

/** The columns of a run row that repeat its current state. */
export function currentStateColumns(state: State | null): EncodedRow {
  return {
    state_id: state?.id ?? null,
    state_type: state?.type ?? null,
    state_name: state?.name ?? null,
    state_timestamp: state?.timestamp ?? null,
  };
}

/** The same for a task run; deferred ones are found in the queue by theirs. */
export function currentTaskRunStateColumns(state: State | null): EncodedRow {
  return { ...currentStateColumns(state), state_deferred: state?.state_details.deferred ? 1 : 0 };
}

/** The columns of a joined state and its result artifact, read by {@link decodeState} with the same prefix. */
export function stateColumns(state: string, artifact: string, prefix: string): RawBuilder<unknown> {
  const columns = ["id", "type", "name", "timestamp", "message", "state_details", "data"];
  return sql.raw(
    [
      ...columns.map((column) => `${state}.${column} AS ${prefix}${column}`),
      `${artifact}.data AS ${prefix}result`,
    ].join(", "),
  );
}

/** The state in a joined row; null where the join found none. */
export function decodeState(row: object, prefix: string): State | null {
  const values = row as Readonly<Record<string, unknown>>; // read by column name only
  const id = values[`${prefix}id`];
  if (id === null || id === undefined) return null;
  // The columns hold what `stateRows` and `recordedStateRow` wrote.
  return {
    id: id as StateId,
    type: values[`${prefix}type`] as StateType,
    name: values[`${prefix}name`] as string,
    timestamp: values[`${prefix}timestamp`] as Timestamp,
    message: values[`${prefix}message`] as string | null,
    data: decodeJson(values[`${prefix}data`] ?? values[`${prefix}result`]),
    state_details: decodeJson(values[`${prefix}state_details`]) as StateDetails,
  };
}

/** True for a result record, as against nothing or the old mark of a result that was not kept. */
export function hasPersistedResult(data: unknown): boolean {
  if (data === null || data === undefined) return false;
  return !(typeof data === "object" && "type" in data && data.type === "unpersisted");
}
