/**
 * Slots of limits with decay. They are the level of a leaking bucket: taking slots raises it, time and giving back lower
 * it, and it never falls below zero. Limits without decay are left alone.
 */
import type { ConcurrencyLimitId, Timestamp } from "@sluice/schemas";
import { sql } from "kysely";
import type { ConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { Session } from "../dialect.ts";

const MICROSECONDS = 1_000_000;

export async function fillDecaying(
  { db, dialect }: Session,
  ids: readonly ConcurrencyLimitId[],
  slots: number,
  now: Timestamp,
): Promise<void> {
  if (ids.length === 0) return;
  // The columns' bare names mean the values before this update, on the right of every assignment.
  const elapsed = sql`(${now} - decaying_since)`;
  const left = dialect.atLeastZero(
    sql<number>`decaying_slots - slot_decay_per_second * ${elapsed} / ${sql.lit(MICROSECONDS)}`,
  );
  await sql`UPDATE concurrency_limit SET decaying_slots = ${left} + ${slots}, decaying_since = ${now}
    WHERE slot_decay_per_second > 0 AND ${dialect.inList(sql.ref("id"), "uuid", ids)}`.execute(db);
}

/** Needs no moment: whether the slots or the time are taken off first, what is left is the same. */
export async function drainDecaying(
  { db, dialect }: Session,
  ids: readonly ConcurrencyLimitId[],
  slots: number,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`UPDATE concurrency_limit SET decaying_slots = ${dialect.atLeastZero(sql<number>`decaying_slots - ${slots}`)}
    WHERE slot_decay_per_second > 0 AND ${dialect.inList(sql.ref("id"), "uuid", ids)}`.execute(db);
}

/** Sums of many small parts are a hair off. */
const ROUNDING_ERROR = 1e-6;

/** A slot is taken until all of it has come free. */
export function decayingSlotsAt(
  { decaying_slots, decaying_since, slot_decay_per_second }: ConcurrencyLimit,
  now: Timestamp,
): number {
  const seconds = (now - decaying_since) / MICROSECONDS;
  return Math.max(0, Math.ceil(decaying_slots - slot_decay_per_second * seconds - ROUNDING_ERROR));
}
