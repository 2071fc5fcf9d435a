import type { ConcurrencyLimitId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type {
  ConcurrencyLimit,
  ConcurrencyLimitReads,
  ConcurrencyLimitWrites,
  OccupiedConcurrencyLimit,
} from "../../store/concurrency-limits.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";
import { decayingSlotsAt, drainDecaying, fillDecaying } from "./decaying-slots.ts";

const COLUMNS = columnList("concurrency_limit", "concurrency_limit");
const decodeLimit = rowDecoder<ConcurrencyLimit>("concurrency_limit");

/** Reads limits with the slots that are taken. */
async function selectLimits(
  { db }: Session,
  now: Timestamp,
  rest: RawBuilder<unknown>,
): Promise<OccupiedConcurrencyLimit[]> {
  const { rows } = await sql<{ occupied_slots: number }>`SELECT ${COLUMNS},
      CAST(coalesce((SELECT sum(lease.slots)
        FROM concurrency_lease_limit AS held JOIN concurrency_lease AS lease ON lease.id = held.lease_id
        WHERE held.limit_id = concurrency_limit.id AND lease.expires > ${now}), 0) AS integer) AS occupied_slots
    FROM concurrency_limit ${rest}`.execute(db);
  return rows.map((row) => {
    const limit = decodeLimit(row);
    const isDecaying = limit.slot_decay_per_second > 0;
    return { ...limit, occupied_slots: isDecaying ? decayingSlotsAt(limit, now) : row.occupied_slots };
  });
}

/** Locks limits and then reads them, so that the occupancy is that of the lock's holder. */
export async function lockLimitsById(
  session: Session,
  ids: readonly ConcurrencyLimitId[],
  now: Timestamp,
): Promise<OccupiedConcurrencyLimit[]> {
  const { db, dialect } = session;
  await dialect.lockRows(db, "concurrency_limit", ids);
  return selectLimits(session, now, sql`WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)} ORDER BY name`);
}

export class SqlConcurrencyLimits implements ConcurrencyLimitReads, ConcurrencyLimitWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(
    workspaceId: WorkspaceId,
    id: ConcurrencyLimitId,
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit | null> {
    const limits = await selectLimits(
      this.#session,
      now,
      sql`WHERE id = ${id} AND workspace_id = ${workspaceId}`,
    );
    return limits[0] ?? null;
  }

  async readByName(
    workspaceId: WorkspaceId,
    name: string,
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit | null> {
    const limits = await selectLimits(
      this.#session,
      now,
      sql`WHERE workspace_id = ${workspaceId} AND name = ${name}`,
    );
    return limits[0] ?? null;
  }

  list(
    workspaceId: WorkspaceId,
    { prefix = "", limit, offset }: Parameters<ConcurrencyLimitReads["list"]>[1],
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit[]> {
    return selectLimits(
      this.#session,
      now,
      sql`WHERE workspace_id = ${workspaceId} AND substr(name, 1, length(${prefix})) = ${prefix}
        ORDER BY name LIMIT ${limit} OFFSET ${offset}`,
    );
  }

  async create(limit: ConcurrencyLimit): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "concurrency_limit", [encodeRow("concurrency_limit", limit)]);
  }

  async update(
    workspaceId: WorkspaceId,
    id: ConcurrencyLimitId,
    changes: Parameters<ConcurrencyLimitWrites["update"]>[2],
  ): Promise<boolean> {
    const encoded = encodeChanges("concurrency_limit", changes);
    if (Object.keys(encoded).length === 0) return false;
    const result = await this.#session.db
      .updateTable("concurrency_limit")
      .set(encoded)
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async delete(workspaceId: WorkspaceId, id: ConcurrencyLimitId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("concurrency_limit")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  fillDecaying(ids: readonly ConcurrencyLimitId[], slots: number, now: Timestamp): Promise<void> {
    return fillDecaying(this.#session, ids, slots, now);
  }

  drainDecaying(ids: readonly ConcurrencyLimitId[], slots: number): Promise<void> {
    return drainDecaying(this.#session, ids, slots);
  }

  async lockByName(
    workspaceId: WorkspaceId,
    names: readonly string[],
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit[]> {
    if (names.length === 0) return [];
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: ConcurrencyLimitId }>`SELECT id FROM concurrency_limit
      WHERE workspace_id = ${workspaceId} AND ${dialect.inList(sql.ref("name"), "text", names)}`.execute(db);
    if (rows.length === 0) return [];
    return lockLimitsById(
      this.#session,
      rows.map((row) => row.id),
      now,
    );
  }
}
