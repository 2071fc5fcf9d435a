import type { WorkPoolFilter, WorkPoolId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Page } from "../../store/common.ts";
import type { WorkPool, WorkPoolChanges, WorkPoolReads, WorkPoolWrites } from "../../store/work-pools.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { type Condition, compileFilter, joinConditions } from "../filters/criteria.ts";
import { WORK_POOL_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";
import { detachRunsOfQueues } from "./work-queues.ts";

const COLUMNS = columnList("work_pool", "work_pool");
const decodePool = rowDecoder<WorkPool>("work_pool");

export class SqlWorkPools implements WorkPoolReads, WorkPoolWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  read(workspaceId: WorkspaceId, id: WorkPoolId): Promise<WorkPool | null> {
    return this.#readWhere(sql`id = ${id} AND workspace_id = ${workspaceId}`);
  }

  readByName(workspaceId: WorkspaceId, name: string): Promise<WorkPool | null> {
    return this.#readWhere(sql`workspace_id = ${workspaceId} AND name = ${name}`);
  }

  async list(
    workspaceId: WorkspaceId,
    { filter, limit, offset }: Page & { readonly filter: WorkPoolFilter | null },
  ): Promise<WorkPool[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM work_pool
      WHERE ${this.#condition(workspaceId, filter)}
      ORDER BY work_pool.name LIMIT ${limit} OFFSET ${offset}`.execute(this.#session.db);
    return rows.map(decodePool);
  }

  async count(workspaceId: WorkspaceId, filter: WorkPoolFilter | null): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM work_pool
      WHERE ${this.#condition(workspaceId, filter)}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async listAbandoned(limit: number): Promise<WorkPool[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM work_pool
      WHERE work_pool.status = 'READY' AND NOT EXISTS (SELECT 1 FROM worker
        WHERE worker.work_pool_id = work_pool.id AND worker.status = 'ONLINE')
      ORDER BY work_pool.id LIMIT ${limit}`.execute(this.#session.db);
    return rows.map(decodePool);
  }

  async create(pool: WorkPool): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "work_pool", [encodeRow("work_pool", pool)]);
  }

  async lock(workspaceId: WorkspaceId, id: WorkPoolId): Promise<WorkPool | null> {
    const { db, dialect } = this.#session;
    await dialect.lockRows(db, "work_pool", [id]);
    return this.read(workspaceId, id);
  }

  async update(id: WorkPoolId, changes: WorkPoolChanges): Promise<void> {
    await this.#session.db
      .updateTable("work_pool")
      .set(encodeChanges("work_pool", changes))
      .where("id", "=", id)
      .execute();
  }

  async delete(id: WorkPoolId): Promise<void> {
    const queues = sql`SELECT work_queue.id FROM work_queue WHERE work_queue.work_pool_id = ${id}`;
    await detachRunsOfQueues(this.#session, queues);
    await this.#session.db.deleteFrom("work_pool").where("id", "=", id).execute();
  }

  #condition(workspaceId: WorkspaceId, filter: WorkPoolFilter | null): Condition {
    return joinConditions("and_", [
      sql<SqlBool>`work_pool.workspace_id = ${workspaceId}`,
      compileFilter(filter, WORK_POOL_FIELDS, this.#session.dialect),
    ]);
  }

  async #readWhere(condition: RawBuilder<unknown>): Promise<WorkPool | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM work_pool WHERE ${condition}`.execute(
      this.#session.db,
    );
    return rows[0] ? decodePool(rows[0]) : null;
  }
}
