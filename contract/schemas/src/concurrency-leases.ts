/** Slots held for a time: the part of concurrency limits that tagged tasks need (protocol section 3.9). */
import { z } from "zod";
import { slotCount } from "./concurrency-limits.ts";
import { integer } from "./fields.ts";
import { type ConcurrencyLimitId, idOutput, idSchema, type LeaseId } from "./ids.ts";
import { omittable, withDefault } from "./request-fields.ts";

/** How many seconds a lease may last, and lasts when not told. */
export const LEASE_SECONDS = { minimum: 60, maximum: 86_400, default: 300 } as const;

/** Who holds a lease. */
export interface ConcurrencyLeaseHolder {
  readonly type: "flow_run" | "task_run" | "deployment";
  readonly id: string;
}

/** A limit by name; the answer names those whose slots were taken. */
export interface MinimalConcurrencyLimit {
  readonly id: ConcurrencyLimitId;
  readonly name: string;
  readonly limit: number;
}

export interface ConcurrencyLease {
  readonly lease_id: LeaseId;
  readonly limits: readonly MinimalConcurrencyLimit[];
}

const leaseDuration = z
  .number()
  .min(LEASE_SECONDS.minimum)
  .max(LEASE_SECONDS.maximum)
  .default(LEASE_SECONDS.default);

const leaseHolder = z
  .strictObject({ type: z.enum(["flow_run", "task_run", "deployment"]), id: idSchema<"lease-holder">() })
  .meta({ id: "ConcurrencyLeaseHolder" });

/** How many slots of which limits; `rate_limit` insists on limits whose slots decay. */
const slotRequest = {
  slots: slotCount.gt(0),
  names: z.array(z.string()),
};

export const slotMode = z.enum(["concurrency", "rate_limit"]);

/** `POST /v2/concurrency_limits/increment`. `create_if_missing` has no effect any more. */
export const incrementSlots = z.object({
  ...slotRequest,
  mode: withDefault(slotMode, "concurrency"),
  create_if_missing: z.boolean().nullish(),
});
export type IncrementSlots = z.output<typeof incrementSlots>;

/** `POST /v2/concurrency_limits/decrement`. */
export const decrementSlots = z.object({
  ...slotRequest,
  /** How long the slots were held. */
  occupancy_seconds: z.number().gt(0).nullish(),
  create_if_missing: omittable(z.boolean()),
});
export type DecrementSlots = z.output<typeof decrementSlots>;

export const incrementWithLease = z.object({
  ...slotRequest,
  mode: slotMode.default("concurrency"),
  lease_duration: leaseDuration,
  holder: leaseHolder.nullable().default(null),
});
export type IncrementWithLease = z.output<typeof incrementWithLease>;

export const decrementWithLease = z.object({ lease_id: idSchema<"lease">() });

export const renewLease = z.object({ lease_duration: leaseDuration });

export const minimalConcurrencyLimitResponse = z
  .object({ id: idOutput, name: z.string(), limit: integer })
  .meta({ id: "MinimalConcurrencyLimitResponse" });

export const concurrencyLimitWithLeaseResponse = z
  .object({ lease_id: idOutput, limits: z.array(minimalConcurrencyLimitResponse) })
  .meta({ id: "ConcurrencyLimitWithLeaseResponse" });
export type ConcurrencyLimitWithLeaseResponse = z.output<typeof concurrencyLimitWithLeaseResponse>;
