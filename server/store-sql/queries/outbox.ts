import { sql } from "kysely";
import type { StoredEvent } from "../../store/events.ts";
import type { OutboxEntry, OutboxReads, OutboxWrites } from "../../store/outbox.ts";
import { decodeJson, encodeJson } from "../codec.ts";
import type { Session } from "../dialect.ts";

export class SqlOutbox implements OutboxReads, OutboxWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM outbox`.execute(
      this.#session.db,
    );
    return rows[0]?.count ?? 0;
  }

  async append(events: readonly StoredEvent[]): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(
      db,
      "outbox",
      events.map((event) => ({ event: encodeJson(event) })),
    );
  }

  async take(limit: number): Promise<OutboxEntry[]> {
    const { db, dialect } = this.#session;
    if (!(await dialect.tryExclusive(db, "outbox"))) return [];
    const { rows } = await sql<{ position: number; event: string }>`
      SELECT position, event FROM outbox ORDER BY position LIMIT ${limit}`.execute(db);
    return rows.map((row) => ({
      position: row.position,
      event: decodeJson(row.event) as StoredEvent, // written by `append`
    }));
  }

  async delete(positions: readonly number[]): Promise<void> {
    const { db, dialect } = this.#session;
    await sql`DELETE FROM outbox WHERE ${dialect.inList(sql.ref("position"), "bigint", positions)}`.execute(
      db,
    );
  }
}
