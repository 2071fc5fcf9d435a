import type { Timestamp, WorkPoolId, WorkQueueId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type {
  NewWorkQueue,
  WorkQueue,
  WorkQueueChanges,
  WorkQueueQuery,
  WorkQueueReads,
  WorkQueueWrites,
} from "../../store/work-queues.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { compileFilter } from "../filters/criteria.ts";
import { WORK_QUEUE_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = sql`${columnList("work_queue", "work_queue")},
  work_pool.name AS work_pool_name, work_pool.type AS work_pool_type`;
const TABLES = sql`work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id`;
const decodeColumns = rowDecoder<NewWorkQueue>("work_queue");

export class SqlWorkQueues implements WorkQueueReads, WorkQueueWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: WorkQueueId): Promise<WorkQueue | null> {
    const [queue] = await this.#select(
      sql`WHERE work_queue.id = ${id} AND work_queue.workspace_id = ${workspaceId}`,
    );
    return queue ?? null;
  }

  async readByName(workspaceId: WorkspaceId, poolName: string, name: string): Promise<WorkQueue | null> {
    const [queue] = await this.#select(sql`WHERE work_pool.workspace_id = ${workspaceId}
      AND work_pool.name = ${poolName} AND work_queue.name = ${name}`);
    return queue ?? null;
  }

  list(workspaceId: WorkspaceId, { filter, limit, offset }: WorkQueueQuery): Promise<WorkQueue[]> {
    return this.#select(sql`WHERE work_queue.workspace_id = ${workspaceId}
        AND ${compileFilter(filter, WORK_QUEUE_FIELDS, this.#session.dialect)}
      ORDER BY work_queue.name, work_queue.id LIMIT ${limit} OFFSET ${offset}`);
  }

  listOfPool(poolId: WorkPoolId, query?: WorkQueueQuery): Promise<WorkQueue[]> {
    const page = query ? sql`LIMIT ${query.limit} OFFSET ${query.offset}` : sql``;
    return this.#select(sql`WHERE work_queue.work_pool_id = ${poolId}
        AND ${compileFilter(query?.filter, WORK_QUEUE_FIELDS, this.#session.dialect)}
      ORDER BY work_queue.priority, work_queue.id ${page}`);
  }

  async countOfPool(poolId: WorkPoolId): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM work_queue
      WHERE work_pool_id = ${poolId}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  listUnpolled(since: Timestamp, limit: number): Promise<WorkQueue[]> {
    return this.#select(sql`WHERE work_queue.status = 'READY' AND work_queue.last_polled < ${since}
      ORDER BY work_queue.last_polled, work_queue.id LIMIT ${limit}`);
  }

  async create(queue: NewWorkQueue): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "work_queue", [encodeRow("work_queue", queue)]);
  }

  async update(id: WorkQueueId, changes: WorkQueueChanges): Promise<void> {
    await this.#session.db
      .updateTable("work_queue")
      .set(encodeChanges("work_queue", changes))
      .where("id", "=", id)
      .execute();
  }

  async delete(id: WorkQueueId): Promise<void> {
    await detachRunsOfQueues(this.#session, sql`${id}`);
    await this.#session.db.deleteFrom("work_queue").where("id", "=", id).execute();
  }

  async markPolled(ids: readonly WorkQueueId[], now: Timestamp): Promise<WorkQueue[]> {
    const { db, dialect } = this.#session;
    await dialect.lockRows(db, "work_queue", ids);
    const isPolled = dialect.inList(sql.ref("id"), "uuid", ids);
    await sql`UPDATE work_queue SET last_polled = ${now} WHERE ${isPolled}`.execute(db);
    const { rows } = await sql<{ id: WorkQueueId }>`UPDATE work_queue SET status = 'READY', updated = ${now}
      WHERE ${isPolled} AND status = 'NOT_READY' RETURNING id`.execute(db);
    return this.#selectByIds(rows.map(({ id }) => id));
  }

  async markUnpolled(id: WorkQueueId, since: Timestamp, now: Timestamp): Promise<WorkQueue | null> {
    const { rows } = await sql<{ id: WorkQueueId }>`UPDATE work_queue
      SET status = 'NOT_READY', updated = ${now}
      WHERE id = ${id} AND status = 'READY' AND last_polled < ${since} RETURNING id`.execute(
      this.#session.db,
    );
    const [queue] = await this.#selectByIds(rows.map((row) => row.id));
    return queue ?? null;
  }

  async #selectByIds(ids: readonly WorkQueueId[]): Promise<WorkQueue[]> {
    if (ids.length === 0) return [];
    const isWanted = this.#session.dialect.inList(sql.ref("work_queue.id"), "uuid", ids);
    return this.#select(sql`WHERE ${isWanted} ORDER BY work_queue.priority, work_queue.id`);
  }

  async #select(rest: RawBuilder<unknown>): Promise<WorkQueue[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM ${TABLES} ${rest}`.execute(this.#session.db);
    return rows.map(decodeQueue);
  }
}

function decodeQueue(row: object): WorkQueue {
  const pool = row as Pick<WorkQueue, "work_pool_name" | "work_pool_type">; // selected under these names
  return {
    ...decodeColumns(row),
    work_pool_name: pool.work_pool_name,
    work_pool_type: pool.work_pool_type,
  };
}

/** What a foreign key would do, which runs don't have: they stay and lose their queue. */
export async function detachRunsOfQueues({ db }: Session, queueIds: RawBuilder<unknown>): Promise<void> {
  await sql`UPDATE flow_run SET work_queue_id = NULL WHERE work_queue_id IN (${queueIds})`.execute(db);
}
