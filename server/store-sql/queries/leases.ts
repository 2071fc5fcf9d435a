import type { ConcurrencyLimitId, LeaseId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { Lease, LeaseHolder, LeaseReads, LeaseWrites } from "../../store/leases.ts";
import { encodeRow } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { drainDecaying, fillDecaying } from "./decaying-slots.ts";

interface LeaseRow {
  readonly id: LeaseId;
  readonly workspace_id: WorkspaceId;
  readonly created: Timestamp;
  readonly expires: Timestamp;
  readonly holder_type: LeaseHolder["type"] | null;
  readonly holder_id: string | null;
  readonly slots: number;
}

/** Reads leases with their limits, oldest first. */
export async function selectLeases(
  { db, dialect }: Session,
  condition: RawBuilder<unknown>,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<Lease[]> {
  const { rows } =
    await sql<LeaseRow>`SELECT id, workspace_id, created, expires, holder_type, holder_id, slots
    FROM concurrency_lease WHERE ${condition} ORDER BY created, id LIMIT ${limit}`.execute(db);
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const { rows: held } = await sql<{ lease_id: LeaseId; limit_id: ConcurrencyLimitId }>`
    SELECT lease_id, limit_id FROM concurrency_lease_limit
    WHERE ${dialect.inList(sql.ref("lease_id"), "uuid", ids)} ORDER BY limit_id`.execute(db);
  const limitIds = Map.groupBy(held, (row) => row.lease_id);
  return rows.map(({ holder_type, holder_id, ...lease }) => ({
    ...lease,
    holder: holder_type === null || holder_id === null ? null : { type: holder_type, id: holder_id },
    limit_ids: (limitIds.get(lease.id) ?? []).map((row) => row.limit_id),
  }));
}

export class SqlLeases implements LeaseReads, LeaseWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(id: LeaseId): Promise<Lease | null> {
    const leases = await selectLeases(this.#session, sql`id = ${id}`);
    return leases[0] ?? null;
  }

  async listOfLimits(limitIds: readonly ConcurrencyLimitId[], now: Timestamp): Promise<Lease[]> {
    if (limitIds.length === 0) return [];
    const isOne = this.#session.dialect.inList(sql.ref("limit_id"), "uuid", limitIds);
    return await selectLeases(
      this.#session,
      sql`expires > ${now} AND id IN (SELECT lease_id FROM concurrency_lease_limit WHERE ${isOne})`,
    );
  }

  listExpired(now: Timestamp, limit: number): Promise<Lease[]> {
    return selectLeases(this.#session, sql`expires <= ${now}`, limit);
  }

  async create(leases: readonly Lease[]): Promise<void> {
    const { db, dialect } = this.#session;
    await this.#deleteExpired(leases);
    await dialect.insertRows(
      db,
      "concurrency_lease",
      leases.map((lease) =>
        encodeRow("concurrency_lease", {
          ...lease,
          holder_type: lease.holder?.type,
          holder_id: lease.holder?.id,
        }),
      ),
    );
    await dialect.insertRows(
      db,
      "concurrency_lease_limit",
      leases.flatMap((lease) => lease.limit_ids.map((limit_id) => ({ limit_id, lease_id: lease.id }))),
    );
    for (const { limit_ids, slots, created } of leases) {
      await fillDecaying(this.#session, limit_ids, slots, created);
    }
  }

  async #deleteExpired(replacements: readonly Lease[]): Promise<void> {
    const { db, dialect } = this.#session;
    const limitIds = replacements.flatMap((lease) => lease.limit_ids);
    const now = Math.min(...replacements.map((lease) => lease.created));
    if (limitIds.length === 0) return;
    await sql`DELETE FROM concurrency_lease WHERE expires <= ${now} AND id IN (
      SELECT lease_id FROM concurrency_lease_limit
      WHERE ${dialect.inList(sql.ref("limit_id"), "uuid", limitIds)})`.execute(db);
  }

  async renew(id: LeaseId, now: Timestamp, expires: Timestamp): Promise<boolean> {
    const result = await this.#session.db
      .updateTable("concurrency_lease")
      .set({ expires })
      .where("id", "=", id)
      .where("expires", ">", now)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async setSlots(id: LeaseId, slots: number): Promise<void> {
    await this.#session.db.updateTable("concurrency_lease").set({ slots }).where("id", "=", id).execute();
  }

  async detach(limitId: ConcurrencyLimitId, ids: readonly LeaseId[]): Promise<void> {
    if (ids.length === 0) return;
    const { db, dialect } = this.#session;
    await sql`DELETE FROM concurrency_lease_limit
      WHERE limit_id = ${limitId} AND ${dialect.inList(sql.ref("lease_id"), "uuid", ids)}`.execute(db);
    await sql`DELETE FROM concurrency_lease WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)}
      AND NOT EXISTS (SELECT 1 FROM concurrency_lease_limit AS held WHERE held.lease_id = concurrency_lease.id)
    `.execute(db);
  }

  async setHolder(ids: readonly LeaseId[], holder: LeaseHolder): Promise<void> {
    const { db, dialect } = this.#session;
    await sql`UPDATE concurrency_lease SET holder_type = ${holder.type}, holder_id = ${holder.id}
      WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)}`.execute(db);
  }

  release(ids: readonly LeaseId[]): Promise<Lease[]> {
    return this.#releaseWhere(sql`${this.#session.dialect.inList(sql.ref("id"), "uuid", ids)}`);
  }

  releaseOfHolder(workspaceId: WorkspaceId, holder: LeaseHolder): Promise<Lease[]> {
    return this.#releaseWhere(
      sql`workspace_id = ${workspaceId} AND holder_type = ${holder.type} AND holder_id = ${holder.id}`,
    );
  }

  async #releaseWhere(condition: RawBuilder<unknown>): Promise<Lease[]> {
    const { db, dialect } = this.#session;
    const leases = await selectLeases(this.#session, condition);
    if (leases.length === 0) return [];
    const ids = leases.map((lease) => lease.id);
    await dialect.lockRows(db, "concurrency_lease", ids);
    const { rows } = await sql<{ id: LeaseId }>`DELETE FROM concurrency_lease
      WHERE ${dialect.inList(sql.ref("id"), "uuid", ids)} RETURNING id`.execute(db);
    // Another transaction may have released some of them while this one waited.
    const deleted = new Set(rows.map((row) => row.id));
    const released = leases.filter((lease) => deleted.has(lease.id));
    for (const { limit_ids, slots } of released) await drainDecaying(this.#session, limit_ids, slots);
    return released;
  }
}
