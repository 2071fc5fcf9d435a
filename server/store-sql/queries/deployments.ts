import type {
  DeploymentId,
  DeploymentScheduleId,
  FlowId,
  FlowRunId,
  Timestamp,
  WorkspaceId,
} from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  Deployment,
  DeploymentChanges,
  DeploymentQuery,
  DeploymentReads,
  DeploymentReference,
  DeploymentRow,
  DeploymentSchedule,
  DeploymentWrites,
  ScheduleHorizon,
} from "../../store/deployments.ts";
import type { ObjectFilters } from "../../store/filters.ts";
import { encodeChanges, encodeRow } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { deploymentCondition } from "../filters/deployment-condition.ts";
import { selectDeployments } from "./deployment-rows.ts";
import { selectChanged, selectToSchedule, selectUnpolled } from "./deployment-upkeep.ts";
import { deleteFlowRuns } from "./run-deletion.ts";

const ORDERS: Readonly<Record<DeploymentQuery["sort"], RawBuilder<unknown>>> = {
  CREATED_DESC: sql`deployment.created DESC, deployment.id DESC`,
  UPDATED_DESC: sql`deployment.updated DESC, deployment.id DESC`,
  NAME_ASC: sql`deployment.name ASC, deployment.id ASC`,
  NAME_DESC: sql`deployment.name DESC, deployment.id DESC`,
};

type IdPage = Parameters<DeploymentReads["listChanged"]>[1];

export class SqlDeployments implements DeploymentReads, DeploymentWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  read(workspaceId: WorkspaceId, id: DeploymentId): Promise<Deployment | null> {
    return this.#readWhere(sql`deployment.id = ${id} AND deployment.workspace_id = ${workspaceId}`);
  }

  readByName(workspaceId: WorkspaceId, flowName: string, name: string): Promise<Deployment | null> {
    return this.#readWhere(sql`deployment.workspace_id = ${workspaceId} AND deployment.name = ${name}
      AND of_flow.name = ${flowName}`);
  }

  list(workspaceId: WorkspaceId, query: DeploymentQuery): Promise<Deployment[]> {
    const condition = deploymentCondition(workspaceId, query.filters, this.#session.dialect);
    return selectDeployments(
      this.#session,
      sql`${condition} ORDER BY ${ORDERS[query.sort]} LIMIT ${query.limit} OFFSET ${query.offset}`,
    );
  }

  async count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM deployment
      WHERE ${deploymentCondition(workspaceId, filters, dialect)}`.execute(db);
    return rows[0]?.count ?? 0;
  }

  listToSchedule(horizon: ScheduleHorizon, page: IdPage): Promise<DeploymentReference[]> {
    return selectToSchedule(this.#session, horizon, page);
  }

  listChanged(since: Timestamp, page: IdPage): Promise<DeploymentReference[]> {
    return selectChanged(this.#session, since, page);
  }

  listUnpolled(before: Timestamp, limit: number): Promise<DeploymentReference[]> {
    return selectUnpolled(this.#session, before, limit);
  }

  async create(deployment: DeploymentRow): Promise<boolean> {
    const { db, dialect } = this.#session;
    const inserted = await dialect.insertRows(db, "deployment", [encodeRow("deployment", deployment)], {
      onConflict: "(flow_id, name) DO NOTHING",
      returning: ["id"],
    });
    return inserted.length > 0;
  }

  async lock(workspaceId: WorkspaceId, id: DeploymentId): Promise<Deployment | null> {
    await this.#session.dialect.lockRows(this.#session.db, "deployment", [id]);
    return this.read(workspaceId, id);
  }

  async lockByName(workspaceId: WorkspaceId, flowId: FlowId, name: string): Promise<Deployment | null> {
    const { rows } = await sql<{ id: DeploymentId }>`SELECT id FROM deployment
      WHERE flow_id = ${flowId} AND name = ${name} AND workspace_id = ${workspaceId}`.execute(
      this.#session.db,
    );
    return rows[0] ? this.lock(workspaceId, rows[0].id) : null;
  }

  async update(id: DeploymentId, changes: DeploymentChanges): Promise<void> {
    const encoded = encodeChanges("deployment", changes);
    if (Object.keys(encoded).length === 0) return;
    await this.#session.db.updateTable("deployment").set(encoded).where("id", "=", id).execute();
  }

  async delete(ids: readonly DeploymentId[]): Promise<void> {
    const { db, dialect } = this.#session;
    await sql`DELETE FROM deployment WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)}`.execute(db);
  }

  async createSchedules(schedules: readonly DeploymentSchedule[]): Promise<void> {
    if (schedules.length === 0) return;
    const { db, dialect } = this.#session;
    const rows = schedules.map((schedule) => encodeRow("deployment_schedule", schedule));
    await dialect.insertRows(db, "deployment_schedule", rows);
  }

  async updateSchedule(
    deploymentId: DeploymentId,
    id: DeploymentScheduleId,
    changes: Parameters<DeploymentWrites["updateSchedule"]>[2],
  ): Promise<boolean> {
    const result = await this.#session.db
      .updateTable("deployment_schedule")
      .set(encodeChanges("deployment_schedule", changes))
      .where("id", "=", id)
      .where("deployment_id", "=", deploymentId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async deleteSchedules(deploymentId: DeploymentId, id?: DeploymentScheduleId): Promise<number> {
    let query = this.#session.db.deleteFrom("deployment_schedule").where("deployment_id", "=", deploymentId);
    if (id !== undefined) query = query.where("id", "=", id);
    return Number((await query.executeTakeFirst()).numDeletedRows);
  }

  async deleteScheduledRuns(
    id: DeploymentId,
    { autoScheduledOnly, after }: Parameters<DeploymentWrites["deleteScheduledRuns"]>[1],
  ): Promise<FlowRunId[]> {
    const isAuto = autoScheduledOnly ? sql<SqlBool>`auto_scheduled` : sql<SqlBool>`1 = 1`;
    const isFuture =
      after === null ? sql<SqlBool>`1 = 1` : sql<SqlBool>`next_scheduled_start_time > ${after}`;
    const deleted = await deleteFlowRuns(
      this.#session,
      sql`SELECT id FROM flow_run WHERE deployment_id = ${id} AND state_type = 'SCHEDULED'
        AND state_name <> 'AwaitingConcurrencySlot' AND run_count = 0 AND ${isAuto} AND ${isFuture}`,
    );
    return deleted as FlowRunId[]; // the ids of flow_run
  }

  async markPolled(
    workspaceId: WorkspaceId,
    { ids = [], workQueueIds = [] }: Parameters<DeploymentWrites["markPolled"]>[1],
    now: Timestamp,
  ): Promise<DeploymentId[]> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: DeploymentId }>`SELECT id FROM deployment
      WHERE workspace_id = ${workspaceId} AND (${dialect.inList(sql.ref("id"), "uuid", ids)}
        OR ${dialect.inList(sql.ref("work_queue_id"), "uuid", workQueueIds)})`.execute(db);
    const polled = rows.map((row) => row.id);
    if (polled.length === 0) return [];
    await dialect.lockRows(db, "deployment", polled);
    const isPolled = dialect.inList(sql.ref("id"), "uuid", polled);
    const unready = await sql<{ id: DeploymentId }>`SELECT id FROM deployment
      WHERE ${isPolled} AND status <> 'READY' ORDER BY id`.execute(db);
    await sql`UPDATE deployment SET status = 'READY', last_polled = ${now} WHERE ${isPolled}`.execute(db);
    return unready.rows.map((row) => row.id);
  }

  async markNotReady(id: DeploymentId, unpolledSince: Timestamp): Promise<boolean> {
    const result = await this.#session.db
      .updateTable("deployment")
      .set({ status: "NOT_READY" })
      .where("id", "=", id)
      .where("status", "=", "READY")
      .where("last_polled", "<", unpolledSince)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async #readWhere(condition: RawBuilder<unknown>): Promise<Deployment | null> {
    const [found] = await selectDeployments(this.#session, condition);
    return found ?? null;
  }
}
