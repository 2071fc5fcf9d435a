/**
 * Concurrency limits: global ones by name, and those of tags, which are global ones named `tag:<tag>` in the clothes of
 * their first version (protocol section 3.9).
 */
import { z } from "zod";
import { integer, pathName } from "./fields.ts";
import { type ConcurrencyLimitId, idOutput, idSchema } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

/** The largest limit and number of slots: both databases keep them in 32 bits. */
export const MAXIMUM_SLOTS = 2_147_483_647;

const isStorable = (count: number) => Math.abs(count) <= MAXIMUM_SLOTS;
const TOO_MANY_SLOTS = { message: `Input should be at most ${MAXIMUM_SLOTS}` };

/** A number of slots in a request. */
export const slotCount = integer.refine(isStorable, TOO_MANY_SLOTS);

const count = slotCount.min(0);
const decay = z.number().min(0);

/** The average time that a slot is held, before anything is known about it. */
export const INITIAL_SLOT_OCCUPANCY_SECONDS = 2;

/** What a global limit shows of itself. */
export interface GlobalConcurrencyLimit {
  readonly id: ConcurrencyLimitId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** An inactive limit limits nothing. */
  readonly active: boolean;
  /** Unique in its workspace. */
  readonly name: string;
  readonly limit: number;
  /** Slots that were refused lately; they make the waits that are told longer. */
  readonly denied_slots: number;
  /** Above zero: a rate limit, whose slots come free by themselves. */
  readonly slot_decay_per_second: number;
  readonly avg_slot_occupancy_seconds: number;
}

/** `POST /v2/concurrency_limits/`. */
export const concurrencyLimitV2Create = z
  .strictObject({
    active: z.boolean().default(true),
    name: pathName,
    limit: count,
    active_slots: count.default(0),
    denied_slots: count.default(0),
    slot_decay_per_second: decay.default(0),
  })
  .meta({ id: "ConcurrencyLimitV2Create" });
export type ConcurrencyLimitV2Create = z.output<typeof concurrencyLimitV2Create>;

/** `PATCH /v2/concurrency_limits/{id_or_name}`: only keys that are present are written. */
export const concurrencyLimitV2Update = z
  .strictObject({
    active: z.boolean().nullable().optional(),
    name: pathName.nullable().optional(),
    limit: count.nullable().optional(),
    active_slots: count.nullable().optional(),
    denied_slots: count.nullable().optional(),
    slot_decay_per_second: decay.nullable().optional(),
  })
  .meta({ id: "ConcurrencyLimitV2Update" });
export type ConcurrencyLimitV2Update = z.output<typeof concurrencyLimitV2Update>;

const owned = {
  id: idOutput,
  created: timestampOutput.nullable(),
  updated: timestampOutput.nullable(),
};

/** The answer to making a limit: all there is to it. */
export const concurrencyLimitV2Response = z
  .object({
    ...owned,
    active: z.boolean(),
    name: pathName,
    limit: integer,
    active_slots: integer,
    denied_slots: integer,
    slot_decay_per_second: z.number(),
    avg_slot_occupancy_seconds: z.number(),
  })
  .meta({ id: "ConcurrencyLimitV2" });
export type ConcurrencyLimitV2Response = z.output<typeof concurrencyLimitV2Response>;

export const globalConcurrencyLimitResponse = z
  .object({
    ...owned,
    active: z.boolean(),
    name: z.string(),
    limit: integer,
    active_slots: integer,
    slot_decay_per_second: z.number(),
  })
  .meta({ id: "GlobalConcurrencyLimitResponse" });
export type GlobalConcurrencyLimitResponse = z.output<typeof globalConcurrencyLimitResponse>;

/** `POST /concurrency_limits/`: makes the limit of a tag, or changes it. */
export const concurrencyLimitCreate = z
  .strictObject({ tag: z.string(), concurrency_limit: slotCount })
  .meta({ id: "ConcurrencyLimitCreate" });
export type ConcurrencyLimitCreate = z.output<typeof concurrencyLimitCreate>;

/** The limit of a tag; `active_slots` names the task runs that hold its slots. */
export const concurrencyLimitResponse = z
  .object({ ...owned, tag: z.string(), concurrency_limit: integer, active_slots: z.array(idOutput) })
  .meta({ id: "ConcurrencyLimit" });
export type ConcurrencyLimitResponse = z.output<typeof concurrencyLimitResponse>;

/** `POST /concurrency_limits/increment` and `/decrement`: `names` are bare tags. */
export const tagSlots = z.object({ names: z.array(z.string()), task_run_id: idSchema<"task-run">() });
export type TagSlots = z.output<typeof tagSlots>;

/** `POST /concurrency_limits/tag/{tag}/reset`: the task runs that hold the slots from now on; none when absent. */
export const tagLimitReset = z.object({ slot_override: z.array(idSchema<"task-run">()).nullish() });
export type TagLimitReset = z.output<typeof tagLimitReset>;
