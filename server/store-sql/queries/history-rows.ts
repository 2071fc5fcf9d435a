/** Writing accepted states to the history, with one statement per table. */
import type { FlowRunId, State, TaskRunId, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Session } from "../dialect.ts";
import {
  acceptedStateRow,
  hasPersistedResult,
  resultArtifactRow,
  type StateOwner,
  type StateTable,
} from "../states.ts";

interface AcceptedState {
  readonly run_id: string;
  readonly state: State;
}

export async function insertStates(
  session: Session,
  table: StateTable,
  states: readonly AcceptedState[],
): Promise<void> {
  const { db, dialect } = session;
  const withResult = states.filter(({ state }) => hasPersistedResult(state.data));
  if (withResult.length > 0) {
    const owners = await readOwners(
      session,
      table,
      withResult.map(({ run_id }) => run_id),
    );
    const artifacts = withResult.flatMap(({ run_id, state }) => {
      const owner = owners.get(run_id);
      return owner === undefined ? [] : [resultArtifactRow(state, owner)];
    });
    await dialect.insertRows(db, "artifact", artifacts);
  }
  await dialect.insertRows(
    db,
    table,
    states.map(({ run_id, state }) => acceptedStateRow(table, state, run_id)),
  );
}

async function readOwners(
  { db, dialect }: Session,
  table: StateTable,
  runIds: readonly string[],
): Promise<Map<string, StateOwner>> {
  const isRun = dialect.inList(sql.ref("id"), "uuid", runIds);
  if (table === "flow_run_state") {
    const { rows } = await sql<{ id: FlowRunId; workspace_id: WorkspaceId }>`
      SELECT id, workspace_id FROM flow_run WHERE ${isRun}`.execute(db);
    return new Map(
      rows.map(({ id, workspace_id }) => [id, { workspace_id, flow_run_id: id, task_run_id: null }]),
    );
  }
  const { rows } = await sql<{ id: TaskRunId; workspace_id: WorkspaceId; flow_run_id: FlowRunId | null }>`
    SELECT id, workspace_id, flow_run_id FROM task_run WHERE ${isRun}`.execute(db);
  return new Map(
    rows.map(({ id, workspace_id, flow_run_id }) => [id, { workspace_id, flow_run_id, task_run_id: id }]),
  );
}
