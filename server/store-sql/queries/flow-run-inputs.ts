import type { FlowRunId, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { FlowRunInput, FlowRunInputReads, FlowRunInputWrites } from "../../store/flow-run-inputs.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("flow_run_input", "flow_run_input");
const decodeInput = rowDecoder<FlowRunInput>("flow_run_input");

export class SqlFlowRunInputs implements FlowRunInputReads, FlowRunInputWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, flowRunId: FlowRunId, key: string): Promise<FlowRunInput | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM flow_run_input
      WHERE flow_run_id = ${flowRunId} AND key = ${key} AND workspace_id = ${workspaceId}`.execute(
      this.#session.db,
    );
    return rows[0] ? decodeInput(rows[0]) : null;
  }

  async list(
    workspaceId: WorkspaceId,
    query: Parameters<FlowRunInputReads["list"]>[1],
  ): Promise<FlowRunInput[]> {
    const { db, dialect } = this.#session;
    const isExcluded = dialect.inList(sql.ref("key"), "text", query.exclude_keys);
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM flow_run_input
      WHERE flow_run_id = ${query.flow_run_id} AND workspace_id = ${workspaceId}
        AND substr(key, 1, length(${query.prefix})) = ${query.prefix} AND NOT ${isExcluded}
      ORDER BY created, id LIMIT ${query.limit}`.execute(db);
    return rows.map(decodeInput);
  }

  async create(input: FlowRunInput): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "flow_run_input", [encodeRow("flow_run_input", input)]);
  }

  async put(input: FlowRunInput): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "flow_run_input", [encodeRow("flow_run_input", input)], {
      onConflict:
        "(flow_run_id, key) DO UPDATE SET value = excluded.value, sender = excluded.sender, updated = excluded.updated",
    });
  }

  async delete(workspaceId: WorkspaceId, flowRunId: FlowRunId, key: string): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("flow_run_input")
      .where("flow_run_id", "=", flowRunId)
      .where("key", "=", key)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }
}
