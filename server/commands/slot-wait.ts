/** How long somebody who found a limit full should wait, and how the memory of refusals fades (protocol section 3.9). */
import { secondsBetween, type Timestamp } from "@sluice/schemas";
import { clampedPoissonInterval, DEFAULT_CLAMPING_FACTOR } from "../orchestration/poisson-interval.ts";
import type { ConcurrencyLimit } from "../store/concurrency-limits.ts";

/** The longest wait told, in seconds; limits on tags are asked for often, so theirs is shorter. */
const LONGEST_WAIT_SECONDS = 30;
const LONGEST_TAG_WAIT_SECONDS = 10;

/** Shorter occupancies would make the memory of refusals fade at once. */
const SHORTEST_OCCUPANCY_SECONDS = 0.1;

type WaitedLimit = Pick<
  ConcurrencyLimit,
  "name" | "limit" | "denied_slots" | "slot_decay_per_second" | "avg_slot_occupancy_seconds" | "updated"
>;

function longestWait({ name }: WaitedLimit): number {
  return name.startsWith("tag:") ? LONGEST_TAG_WAIT_SECONDS : LONGEST_WAIT_SECONDS;
}

/** Seconds for `Retry-After`, by the limit that blocks most. @param random uniform in [0, 1) */
export function retryAfterSeconds(limits: readonly WaitedLimit[], slots: number, random: number): number {
  const [worst] = limits.toSorted((left, right) => blocking(right, slots) - blocking(left, slots));
  if (!worst) return 0;
  const average =
    worst.slot_decay_per_second > 0
      ? blocking(worst, slots) / worst.slot_decay_per_second
      : waitForSlots(worst, slots);
  return clampedPoissonInterval(average, DEFAULT_CLAMPING_FACTOR, random);
}

function waitForSlots(limit: WaitedLimit, slots: number): number {
  const longest = longestWait(limit);
  return Math.min(Math.min(limit.avg_slot_occupancy_seconds, longest) * blocking(limit, slots), longest);
}

/** How many slots stand before this request; for limits without decay, in multiples of the limit. */
function blocking(limit: WaitedLimit, slots: number): number {
  const waiting = slots + limit.denied_slots;
  return limit.slot_decay_per_second > 0 ? waiting : waiting / limit.limit;
}

/** The refused slots that still count now; they fade at the rate at which slots come free. */
export function deniedSlotsNow(limit: WaitedLimit, now: Timestamp): number {
  const occupancy = Math.min(limit.avg_slot_occupancy_seconds, longestWait(limit));
  const rate = limit.slot_decay_per_second || 1 / Math.max(SHORTEST_OCCUPANCY_SECONDS, occupancy);
  return Math.max(0, limit.denied_slots - Math.floor(rate * secondsBetween(limit.updated, now)));
}

/** Of how many recent occupancies the average is made, in multiples of the limit. */
const OCCUPANCY_SAMPLES = 2;

/** The average time a slot is held, after `slots` slots were held for `seconds`. */
export function averageOccupancy(limit: WaitedLimit, slots: number, seconds: number): number {
  const sample = Math.max(seconds / slots, SHORTEST_OCCUPANCY_SECONDS);
  const average = limit.avg_slot_occupancy_seconds;
  return limit.limit > 0 ? average + (sample - average) / (limit.limit * OCCUPANCY_SAMPLES) : average;
}
