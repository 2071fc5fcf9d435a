import { formatTimestamp } from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { Lease } from "../../store/leases.ts";

export function presentConcurrencyLimit(limit: OccupiedConcurrencyLimit) {
  return {
    id: limit.id,
    created: formatTimestamp(limit.created),
    updated: formatTimestamp(limit.updated),
    active: limit.active,
    name: limit.name,
    limit: limit.limit,
    active_slots: limit.occupied_slots,
    slot_decay_per_second: limit.slot_decay_per_second,
  };
}

/** The answer to making a limit tells more. */
export function presentNewConcurrencyLimit(limit: OccupiedConcurrencyLimit) {
  const { denied_slots, avg_slot_occupancy_seconds } = limit;
  return { ...presentConcurrencyLimit(limit), denied_slots, avg_slot_occupancy_seconds };
}

export function presentMinimalLimit({ id, name, limit }: OccupiedConcurrencyLimit) {
  return { id, name, limit };
}

/** @param leases live ones, among them all of this limit, oldest first */
export function presentTagLimit(limit: OccupiedConcurrencyLimit, tag: string, leases: readonly Lease[]) {
  return {
    id: limit.id,
    created: formatTimestamp(limit.created),
    updated: formatTimestamp(limit.updated),
    tag,
    concurrency_limit: limit.limit,
    active_slots: leases.flatMap(({ holder, limit_ids }) =>
      holder?.type === "task_run" && limit_ids.includes(limit.id) ? [holder.id] : [],
    ),
  };
}
