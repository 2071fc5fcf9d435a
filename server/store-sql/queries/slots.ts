import type { StateType, WorkPoolId, WorkQueueId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Page } from "../../store/common.ts";
import type { SlotHolder, SlotReads } from "../../store/slots.ts";
import type { Session } from "../dialect.ts";

export class SqlSlots implements SlotReads {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async countByQueue(
    queueIds: readonly WorkQueueId[],
    states: readonly StateType[],
  ): Promise<Map<WorkQueueId, number>> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: WorkQueueId; count: number }>`
      SELECT work_queue_id AS id, count(*) AS count FROM flow_run
      WHERE ${dialect.inList(sql.ref("work_queue_id"), "uuid", queueIds)} AND ${this.#holdsSlot(states)}
      GROUP BY work_queue_id`.execute(db);
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  async countByPool(
    poolIds: readonly WorkPoolId[],
    states: readonly StateType[],
  ): Promise<Map<WorkPoolId, number>> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: WorkPoolId; count: number }>`
      SELECT work_queue.work_pool_id AS id, count(*) AS count
      FROM work_queue JOIN flow_run ON flow_run.work_queue_id = work_queue.id
      WHERE ${dialect.inList(sql.ref("work_queue.work_pool_id"), "uuid", poolIds)} AND ${this.#holdsSlot(states)}
      GROUP BY work_queue.work_pool_id`.execute(db);
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  async listHolders(
    queueId: WorkQueueId,
    states: readonly StateType[],
    { limit, offset }: Page,
  ): Promise<SlotHolder[]> {
    const { rows } = await sql<SlotHolder>`
      SELECT id, name, work_queue_id, state_type, state_name, start_time, state_timestamp FROM flow_run
      WHERE work_queue_id = ${queueId} AND ${this.#holdsSlot(states)}
      ORDER BY id LIMIT ${limit} OFFSET ${offset}`.execute(this.#session.db);
    return rows;
  }

  #holdsSlot(states: readonly StateType[]) {
    return this.#session.dialect.inList(sql.ref("flow_run.state_type"), "text", states);
  }
}
