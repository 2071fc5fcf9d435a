/** Flow runs as rows: with their current state, and with the pool of their work queue. */
import type { FlowRunId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { FlowRun, NewFlowRun } from "../../store/flow-runs.ts";
import { type EncodedRow, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";
import { currentStateColumns, decodeState, stateColumns } from "../states.ts";

const STATE_COLUMNS = ["state_id", "state_type", "state_name", "state_timestamp"] as const;
const decodeColumns = rowDecoder<Omit<FlowRun, "state" | "work_pool_id" | "work_pool_name">>("flow_run", {
  omit: STATE_COLUMNS,
});

/** What a select of flow runs lists; read each row with {@link decodeFlowRun}. */
export const FLOW_RUN_COLUMNS: RawBuilder<unknown> = sql`${columnList("flow_run", "flow_run")},
  ${stateColumns("run_state", "run_result", "current__")},
  run_pool.id AS work_pool_id, run_pool.name AS work_pool_name`;

/** The tables behind {@link FLOW_RUN_COLUMNS}. */
export const FLOW_RUN_TABLES: RawBuilder<unknown> = sql`flow_run
  LEFT JOIN flow_run_state AS run_state ON run_state.id = flow_run.state_id
  LEFT JOIN artifact AS run_result ON run_result.id = run_state.result_artifact_id
  LEFT JOIN work_queue AS run_queue ON run_queue.id = flow_run.work_queue_id
  LEFT JOIN work_pool AS run_pool ON run_pool.id = run_queue.work_pool_id`;

export function decodeFlowRun(row: object): FlowRun {
  const pool = row as Pick<FlowRun, "work_pool_id" | "work_pool_name">; // selected under these names
  return {
    ...decodeColumns(row),
    state: decodeState(row, "current__"),
    work_pool_id: pool.work_pool_id,
    work_pool_name: pool.work_pool_name,
  };
}

export function encodeFlowRun(run: NewFlowRun): EncodedRow {
  return { ...encodeRow("flow_run", run), ...currentStateColumns(run.state) };
}

/** Reads runs in no order. */
export async function selectFlowRuns({ db }: Session, condition: RawBuilder<unknown>): Promise<FlowRun[]> {
  const { rows } =
    await sql<object>`SELECT ${FLOW_RUN_COLUMNS} FROM ${FLOW_RUN_TABLES} WHERE ${condition}`.execute(db);
  return rows.map(decodeFlowRun);
}

/** Reads runs by id, in no order. */
export function selectFlowRunsById(session: Session, ids: readonly FlowRunId[]): Promise<FlowRun[]> {
  return selectFlowRuns(session, sql`${session.dialect.inList(sql.ref("flow_run.id"), "uuid", ids)}`);
}
