import { StateName, type TaskRunId, type Timestamp, type WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type {
  ClaimedTaskRun,
  QueuedTaskRun,
  TaskQueueReads,
  TaskQueueWrites,
  TaskRunDelivery,
  TaskWorker,
  TaskWorkerId,
} from "../../store/task-queue.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";
import { selectTaskRunsById } from "./task-run-rows.ts";

const WORKER_COLUMNS = columnList("task_worker", "task_worker");
const decodeWorker = rowDecoder<TaskWorker>("task_worker");

/** The end of a hold that nobody can prolong. */
const SEIZED = 0 as Timestamp; // a moment long ago

export class SqlTaskQueue implements TaskQueueReads, TaskQueueWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  listWorkers(
    workspaceId: WorkspaceId,
    taskKeys: readonly string[] | null,
    now: Timestamp,
  ): Promise<TaskWorker[]> {
    const isLive = sql`workspace_id = ${workspaceId} AND expires > ${now}`;
    if (taskKeys === null) return this.#selectWorkers(isLive);
    const serves = this.#session.dialect.hasAny(sql.ref("task_keys"), taskKeys);
    return this.#selectWorkers(sql`${isLive} AND ${serves}`);
  }

  listExpiredWorkers(now: Timestamp, limit: number): Promise<TaskWorker[]> {
    return this.#selectWorkers(sql`expires <= ${now}`, sql`expires, id LIMIT ${limit}`);
  }

  async listDeliveries(id: TaskWorkerId): Promise<TaskRunDelivery[]> {
    const { rows } = await sql<Omit<TaskRunDelivery, "is_acknowledged"> & { is_acknowledged: unknown }>`
      SELECT task_run.id, task_run.workspace_id, task_run.task_key, delivery.task_worker_id, delivery.is_acknowledged,
        delivery.attempts, task_run.state_id, task_run.state_type
      FROM task_run_delivery AS delivery JOIN task_run ON task_run.id = delivery.task_run_id
      WHERE delivery.task_worker_id = ${id} ORDER BY delivery.task_run_id`.execute(this.#session.db);
    return rows.map((row) => ({ ...row, is_acknowledged: Boolean(row.is_acknowledged) }));
  }

  async enqueue(runs: readonly QueuedTaskRun[]): Promise<void> {
    if (runs.length === 0) return;
    const isOneOf = this.#isOneOf(runs.map(({ id }) => id));
    await sql`UPDATE task_run_delivery SET task_worker_id = NULL, is_acknowledged = ${this.#boolean(false)}
      WHERE ${isOneOf}`.execute(this.#session.db);
  }

  async claim(
    workspaceId: WorkspaceId,
    taskKey: string,
    taskWorkerIds: readonly TaskWorkerId[],
    now: Timestamp,
  ): Promise<ClaimedTaskRun[]> {
    const known = await this.#lockWorkers(taskWorkerIds);
    const takers = taskWorkerIds.flatMap((id) => known.get(id) ?? []);
    if (takers.length === 0) return [];
    const ids = await this.#lockWaiting(workspaceId, taskKey, takers.length, now);
    const rows = takers.slice(0, ids.length).map((taker, index) => ({
      task_run_id: ids[index] ?? null,
      workspace_id: workspaceId,
      task_worker_id: taker.id,
      is_acknowledged: taker.slots === null ? 0 : 1,
      attempts: 1,
    }));
    const held = await this.#session.dialect.insertRows(this.#session.db, "task_run_delivery", rows, {
      // Another process may have handed the run out between our look at the deliveries and our lock on the run.
      onConflict: `(task_run_id) DO UPDATE SET task_worker_id = excluded.task_worker_id,
        is_acknowledged = excluded.is_acknowledged, attempts = task_run_delivery.attempts + 1
        WHERE task_run_delivery.task_worker_id IS NULL`,
      returning: ["task_run_id", "task_worker_id"],
    });
    if (held.length === 0) return [];
    const workerOf = new Map(held.map((row) => [row["task_run_id"], row["task_worker_id"]]));
    const runs = new Map(
      (await selectTaskRunsById(this.#session, [...workerOf.keys()] as TaskRunId[])).map((run) => [
        run.id,
        run,
      ]),
    );
    return ids.flatMap((id) => {
      const run = runs.get(id);
      const worker = workerOf.get(id);
      // The column holds what was just written to it.
      return run && worker ? [{ run, task_worker_id: worker as TaskWorkerId }] : [];
    });
  }

  /** Which of these connections exist; they do until the transaction ends. */
  async #lockWorkers(ids: readonly TaskWorkerId[]): Promise<ReadonlyMap<TaskWorkerId, TaskWorker>> {
    const { db, dialect } = this.#session;
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return new Map();
    await dialect.lockRows(db, "task_worker", distinct);
    const workers = await this.#selectWorkers(sql`${dialect.inList(sql.ref("id"), "uuid", distinct)}`);
    return new Map(workers.map((worker) => [worker.id, worker]));
  }

  async #lockWaiting(
    workspaceId: WorkspaceId,
    taskKey: string,
    limit: number,
    now: Timestamp,
  ): Promise<TaskRunId[]> {
    const { db, dialect } = this.#session;
    // The conditions and the order are those of the index ix_task_run__queue.
    const { rows } = await sql<{ id: TaskRunId }>`SELECT task_run.id FROM task_run
      WHERE task_run.workspace_id = ${workspaceId} AND task_run.task_key = ${taskKey}
        AND task_run.state_type = 'SCHEDULED' AND task_run.state_deferred
        AND (task_run.next_scheduled_start_time IS NULL OR task_run.next_scheduled_start_time <= ${now})
        AND NOT EXISTS (SELECT 1 FROM task_run_delivery AS delivery
          WHERE delivery.task_run_id = task_run.id AND delivery.task_worker_id IS NOT NULL)
      ORDER BY (task_run.state_name <> ${sql.lit(StateName.AwaitingRetry)}),
        task_run.next_scheduled_start_time, task_run.id
      LIMIT ${limit} ${dialect.lockSkippingLocked("task_run")}`.execute(db);
    return rows.map(({ id }) => id);
  }

  async acknowledge(id: TaskWorkerId, taskRunId: TaskRunId): Promise<void> {
    const { db } = this.#session;
    await sql`UPDATE task_run_delivery SET is_acknowledged = ${this.#boolean(true)}
      WHERE task_run_id = ${taskRunId} AND task_worker_id = ${id}`.execute(db);
    await sql`DELETE FROM task_run_delivery WHERE task_worker_id = ${id} AND task_run_id IN (
      SELECT task_run.id FROM task_run_delivery AS held JOIN task_run ON task_run.id = held.task_run_id
      WHERE held.task_worker_id = ${id} AND task_run.state_type NOT IN ('SCHEDULED', 'PENDING'))`.execute(db);
  }

  async release(id: TaskWorkerId, runs: readonly QueuedTaskRun[]): Promise<void> {
    if (runs.length === 0) return;
    await sql`UPDATE task_run_delivery SET task_worker_id = NULL, is_acknowledged = ${this.#boolean(false)}
      WHERE task_worker_id = ${id} AND ${this.#isOneOf(runs.map((run) => run.id))}`.execute(this.#session.db);
  }

  async settle(id: TaskWorkerId, taskRunIds: readonly TaskRunId[]): Promise<void> {
    if (taskRunIds.length === 0) return;
    await sql`DELETE FROM task_run_delivery
      WHERE task_worker_id = ${id} AND ${this.#isOneOf(taskRunIds)}`.execute(this.#session.db);
  }

  async adopt(
    { id, workspace_id, identifier }: TaskWorker,
    taskRunIds: readonly TaskRunId[],
    now: Timestamp,
  ): Promise<TaskRunId[]> {
    if (taskRunIds.length === 0) return [];
    const { db } = this.#session;
    const isSame = sql`workspace_id = ${workspace_id} AND identifier = ${identifier} AND id <> ${id}`;
    const earlier = (await this.#selectWorkers(isSame)).map((worker) => worker.id);
    const locked = [...(await this.#lockWorkers(earlier)).values()];
    const live = locked.filter((worker) => worker.expires > now).map((worker) => worker.id);
    if (live.length === 0) return [];
    const { rows } = await sql<{ task_run_id: TaskRunId }>`UPDATE task_run_delivery SET task_worker_id = ${id}
      WHERE ${this.#isOneOf(taskRunIds)}
        AND ${this.#session.dialect.inList(sql.ref("task_worker_id"), "uuid", live)}
      RETURNING task_run_id`.execute(db);
    return rows.map(({ task_run_id }) => task_run_id);
  }

  async handOver(from: TaskWorkerId, to: TaskWorkerId): Promise<boolean> {
    const known = await this.#lockWorkers([from, to]);
    if (!known.has(to)) return false;
    await sql`UPDATE task_run_delivery SET task_worker_id = ${to} WHERE task_worker_id = ${from}`.execute(
      this.#session.db,
    );
    return true;
  }

  async addWorker(worker: TaskWorker): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "task_worker", [encodeRow("task_worker", worker)]);
  }

  async renewWorkers(
    ids: readonly TaskWorkerId[],
    seen: Timestamp,
    expires: Timestamp,
  ): Promise<ReadonlySet<TaskWorkerId>> {
    if (ids.length === 0) return new Set();
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: TaskWorkerId }>`UPDATE task_worker
      SET seen = ${seen}, expires = ${expires}
      WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)} AND expires > ${SEIZED} RETURNING id`.execute(db);
    return new Set(rows.map(({ id }) => id));
  }

  async seizeWorker(id: TaskWorkerId, now: Timestamp): Promise<TaskWorker | null> {
    const worker = (await this.#lockWorkers([id])).get(id);
    if (!worker || worker.expires > now) return null;
    await this.expireWorker(id, SEIZED);
    return worker;
  }

  async expireWorker(id: TaskWorkerId, expires: Timestamp): Promise<void> {
    await this.#session.db.updateTable("task_worker").set({ expires }).where("id", "=", id).execute();
  }

  async removeWorker(id: TaskWorkerId): Promise<boolean> {
    // Locked first, so that the look at its deliveries comes after whoever was handing it one.
    await this.#lockWorkers([id]);
    const { rows } = await sql<{ id: TaskWorkerId }>`DELETE FROM task_worker WHERE id = ${id}
      AND NOT EXISTS (SELECT 1 FROM task_run_delivery WHERE task_worker_id = ${id}) RETURNING id`.execute(
      this.#session.db,
    );
    return rows.length > 0;
  }

  #isOneOf(ids: readonly TaskRunId[]) {
    return this.#session.dialect.inList(sql.ref("task_run_id"), "uuid", ids);
  }

  async #selectWorkers(
    condition: RawBuilder<unknown>,
    order: RawBuilder<unknown> = sql`created, id`,
  ): Promise<TaskWorker[]> {
    const { rows } = await sql<object>`SELECT ${WORKER_COLUMNS} FROM task_worker
      WHERE ${condition} ORDER BY ${order}`.execute(this.#session.db);
    return rows.map(decodeWorker);
  }

  #boolean(value: boolean): RawBuilder<boolean> {
    return value ? sql`TRUE` : sql`FALSE`;
  }
}
