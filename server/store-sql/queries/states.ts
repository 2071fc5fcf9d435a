import type { FlowRunId, State, StateId, TaskRunId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { StateReads } from "../../store/states.ts";
import type { Session } from "../dialect.ts";
import { decodeState, type StateTable, stateColumns } from "../states.ts";

const COLUMNS = stateColumns("state", "result", "");
const RESULT = sql`LEFT JOIN artifact AS result ON result.id = state.result_artifact_id`;

/** Reads states, oldest first. `run` is the run that a state is of. */
async function selectStates(
  { db }: Session,
  table: StateTable,
  condition: RawBuilder<unknown>,
): Promise<State[]> {
  const tables =
    table === "flow_run_state"
      ? sql`flow_run_state AS state JOIN flow_run AS run ON run.id = state.flow_run_id`
      : sql`task_run_state AS state JOIN task_run AS run ON run.id = state.task_run_id`;
  const { rows } = await sql<object>`SELECT ${COLUMNS} FROM ${tables} ${RESULT}
    WHERE ${condition} ORDER BY state.timestamp, state.id`.execute(db);
  return rows.flatMap((row) => decodeState(row, "") ?? []);
}

/** One state of a task run. */
export async function selectTaskRunState(
  session: Session,
  condition: RawBuilder<unknown>,
): Promise<State | null> {
  const states = await selectStates(session, "task_run_state", condition);
  return states[0] ?? null;
}

export class SqlStates implements StateReads {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readFlowRunState(workspaceId: WorkspaceId, id: StateId): Promise<State | null> {
    const states = await selectStates(
      this.#session,
      "flow_run_state",
      sql`state.id = ${id} AND run.workspace_id = ${workspaceId}`,
    );
    return states[0] ?? null;
  }

  readTaskRunState(workspaceId: WorkspaceId, id: StateId): Promise<State | null> {
    return selectTaskRunState(this.#session, sql`state.id = ${id} AND run.workspace_id = ${workspaceId}`);
  }

  listFlowRunStates(workspaceId: WorkspaceId, flowRunId: FlowRunId): Promise<State[]> {
    return selectStates(
      this.#session,
      "flow_run_state",
      sql`state.flow_run_id = ${flowRunId} AND run.workspace_id = ${workspaceId}`,
    );
  }

  listTaskRunStates(workspaceId: WorkspaceId, taskRunId: TaskRunId): Promise<State[]> {
    return selectStates(
      this.#session,
      "task_run_state",
      sql`state.task_run_id = ${taskRunId} AND run.workspace_id = ${workspaceId}`,
    );
  }
}
