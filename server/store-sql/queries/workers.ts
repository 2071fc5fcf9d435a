import type { Timestamp, WorkerFilter, WorkPoolId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Page } from "../../store/common.ts";
import type { Worker, WorkerReads, WorkerWrites } from "../../store/workers.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { compileFilter } from "../filters/criteria.ts";
import { WORKER_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("worker", "worker");
const decodeWorker = rowDecoder<Worker>("worker");
const MICROSECONDS_PER_SECOND = 1_000_000;

export class SqlWorkers implements WorkerReads, WorkerWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async list(
    poolId: WorkPoolId,
    { filter, limit, offset }: Page & { readonly filter: WorkerFilter | null },
  ): Promise<Worker[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM worker
      WHERE worker.work_pool_id = ${poolId}
        AND ${compileFilter(filter, WORKER_FIELDS, this.#session.dialect)}
      ORDER BY worker.last_heartbeat_time DESC, worker.id DESC
      LIMIT ${limit} OFFSET ${offset}`.execute(this.#session.db);
    return rows.map(decodeWorker);
  }

  async countOnline(poolId: WorkPoolId): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM worker
      WHERE work_pool_id = ${poolId} AND status = 'ONLINE'`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async put(worker: Worker): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "worker", [encodeRow("worker", worker)], {
      onConflict: `(work_pool_id, name) DO UPDATE SET last_heartbeat_time = excluded.last_heartbeat_time,
        heartbeat_interval_seconds = coalesce(excluded.heartbeat_interval_seconds, worker.heartbeat_interval_seconds),
        status = excluded.status, updated = excluded.updated`,
    });
  }

  async delete(poolId: WorkPoolId, name: string): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("worker")
      .where("work_pool_id", "=", poolId)
      .where("name", "=", name)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async markSilent(
    now: Timestamp,
    { missedBeats, defaultIntervalSeconds }: Parameters<WorkerWrites["markSilent"]>[1],
  ): Promise<number> {
    const patience = sql`CAST(coalesce(heartbeat_interval_seconds, ${defaultIntervalSeconds}) AS bigint)
      * ${missedBeats * MICROSECONDS_PER_SECOND}`;
    const { numAffectedRows } = await sql`UPDATE worker SET status = 'OFFLINE', updated = ${now}
      WHERE status = 'ONLINE' AND last_heartbeat_time < ${now} - ${patience}`.execute(this.#session.db);
    return Number(numAffectedRows ?? 0n);
  }
}
