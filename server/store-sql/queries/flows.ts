import type { FlowId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { ObjectFilters } from "../../store/filters.ts";
import type { Flow, FlowReads, FlowWrites } from "../../store/flows.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { flowCondition } from "../filters/object-filters.ts";
import { columnList } from "../select.ts";
import { deleteFlowRuns } from "./run-deletion.ts";

const COLUMNS = columnList("flow", "flow");
const decodeFlow = rowDecoder<Flow>("flow");

const ORDERS: Readonly<Record<string, RawBuilder<unknown>>> = {
  CREATED_DESC: sql`flow.created DESC, flow.id DESC`,
  UPDATED_DESC: sql`flow.updated DESC, flow.id DESC`,
  NAME_ASC: sql`flow.name ASC, flow.id ASC`,
  NAME_DESC: sql`flow.name DESC, flow.id DESC`,
};

export class SqlFlows implements FlowReads, FlowWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  read(workspaceId: WorkspaceId, id: FlowId): Promise<Flow | null> {
    return this.#readWhere(sql`id = ${id} AND workspace_id = ${workspaceId}`);
  }

  readByName(workspaceId: WorkspaceId, name: string): Promise<Flow | null> {
    return this.#readWhere(sql`workspace_id = ${workspaceId} AND name = ${name}`);
  }

  async list(workspaceId: WorkspaceId, query: Parameters<FlowReads["list"]>[1]): Promise<Flow[]> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM flow
      WHERE ${flowCondition(workspaceId, query.filters, dialect)}
      ORDER BY ${ORDERS[query.sort] ?? ORDERS["NAME_ASC"]}
      LIMIT ${query.limit} OFFSET ${query.offset}`.execute(db);
    return rows.map(decodeFlow);
  }

  async count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM flow
      WHERE ${flowCondition(workspaceId, filters, dialect)}`.execute(db);
    return rows[0]?.count ?? 0;
  }

  async countDeployments(workspaceId: WorkspaceId, ids: readonly FlowId[]): Promise<Map<FlowId, number>> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ flow_id: FlowId; count: number }>`
      SELECT flow_id, count(*) AS count FROM deployment
      WHERE workspace_id = ${workspaceId} AND ${dialect.inList(sql.ref("flow_id"), "uuid", ids)}
      GROUP BY flow_id`.execute(db);
    const counts = new Map(ids.map((id) => [id, 0]));
    for (const row of rows) counts.set(row.flow_id, row.count);
    return counts;
  }

  async create(flow: Flow): Promise<{ flow: Flow; created: boolean }> {
    const { db, dialect } = this.#session;
    const inserted = await dialect.insertRows(db, "flow", [encodeRow("flow", flow)], {
      onConflict: "(workspace_id, name) DO NOTHING",
      returning: ["id"],
    });
    if (inserted.length > 0) return { flow, created: true };
    const found = await this.readByName(flow.workspace_id, flow.name);
    // The name was taken a moment ago; only a deletion in between can free it, and then this call starts over.
    return found ? { flow: found, created: false } : this.create(flow);
  }

  async update(
    workspaceId: WorkspaceId,
    id: FlowId,
    changes: Parameters<FlowWrites["update"]>[2],
  ): Promise<Flow | null> {
    await this.#session.db
      .updateTable("flow")
      .set(encodeChanges("flow", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .execute();
    return this.read(workspaceId, id);
  }

  async delete(workspaceId: WorkspaceId, ids: readonly FlowId[]): Promise<Flow[]> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM flow WHERE workspace_id = ${workspaceId}
      AND ${dialect.inList(sql.ref("id"), "uuid", ids)}`.execute(db);
    const flows = rows.map(decodeFlow);
    const inFlows = dialect.inList(
      sql.ref("flow_id"),
      "uuid",
      flows.map((flow) => flow.id),
    );
    await deleteFlowRuns(this.#session, sql`SELECT id FROM flow_run WHERE ${inFlows}`);
    await sql`DELETE FROM flow WHERE ${dialect.inList(
      sql.ref("id"),
      "uuid",
      flows.map((flow) => flow.id),
    )}`.execute(db);
    return flows;
  }

  async #readWhere(condition: RawBuilder<unknown>): Promise<Flow | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM flow WHERE ${condition}`.execute(
      this.#session.db,
    );
    return rows[0] ? decodeFlow(rows[0]) : null;
  }
}
