/** States of flow runs and task runs (protocol section 3.1). */
import { z } from "zod";
import {
  type FlowRunId,
  type Id,
  idOutput,
  idSchema,
  type LeaseId,
  type StateId,
  type TaskRunId,
} from "./ids.ts";
import { type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";

/** The closed set of kinds of state; rules look at the type, people read the name. */
export const StateType = {
  SCHEDULED: "SCHEDULED",
  PENDING: "PENDING",
  RUNNING: "RUNNING",
  COMPLETED: "COMPLETED",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
  CRASHED: "CRASHED",
  PAUSED: "PAUSED",
  CANCELLING: "CANCELLING",
} as const;
export type StateType = (typeof StateType)[keyof typeof StateType];

export const stateType = z.enum(StateType).meta({ id: "StateType" });

/** The types that end a run. */
export const TERMINAL_STATE_TYPES = [
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "CRASHED",
] as const satisfies StateType[];

export function isTerminal(type: StateType): boolean {
  return (TERMINAL_STATE_TYPES as readonly StateType[]).includes(type);
}

/** The name of a state that was given none: each word of the type capitalised. */
export function defaultStateName(type: StateType): string {
  return type
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(" ");
}

/** Names that the product itself gives to states; any other name is a user's. */
export const StateName = {
  Late: "Late",
  AwaitingRetry: "AwaitingRetry",
  AwaitingConcurrencySlot: "AwaitingConcurrencySlot",
  Resuming: "Resuming",
  Submitting: "Submitting",
  InfrastructurePending: "InfrastructurePending",
  NotReady: "NotReady",
  Retrying: "Retrying",
  Rerunning: "Rerunning",
  Cached: "Cached",
  RolledBack: "RolledBack",
  TimedOut: "TimedOut",
  Suspended: "Suspended",
} as const;

/** Documented, not filled in: details are kept as sent. */
const FALSE_WHEN_ABSENT = { default: false };

function stateDetailsShape<Moment extends z.ZodType>(moment: Moment) {
  return {
    flow_run_id: idSchema<"flow-run">().nullish(),
    task_run_id: idSchema<"task-run">().nullish(),
    child_flow_run_id: idSchema<"flow-run">().nullish(),
    scheduled_time: moment.nullish(),
    cache_key: z.string().nullish(),
    cache_expiration: moment.nullish(),
    deferred: z.boolean().nullish().meta(FALSE_WHEN_ABSENT),
    untrackable_result: z.boolean().optional().meta(FALSE_WHEN_ABSENT),
    pause_timeout: moment.nullish(),
    pause_reschedule: z.boolean().optional().meta(FALSE_WHEN_ABSENT),
    pause_key: z.string().nullish(),
    run_input_keyset: z.record(z.string(), z.string()).nullish(),
    refresh_cache: z.boolean().nullish(),
    retriable: z.boolean().nullish(),
    transition_id: idSchema<"transition">().nullish(),
    task_parameters_id: idSchema<"task-parameters">().nullish(),
    traceparent: z.string().nullish(),
    deployment_concurrency_lease_id: idSchema<"lease">().nullish(),
  };
}

export const stateDetailsInput = z
  .object(stateDetailsShape(timestampInput))
  .meta({ id: "StateDetailsInput" });
export const stateDetailsOutput = z.object(stateDetailsShape(timestampOutput)).meta({ id: "StateDetails" });

/** What a rule may need to know beside a state's type; every key may be absent. */
export interface StateDetails {
  readonly flow_run_id?: FlowRunId | null;
  readonly task_run_id?: TaskRunId | null;
  readonly child_flow_run_id?: FlowRunId | null;
  readonly scheduled_time?: Timestamp | null;
  readonly cache_key?: string | null;
  readonly cache_expiration?: Timestamp | null;
  readonly deferred?: boolean | null;
  readonly untrackable_result?: boolean;
  readonly pause_timeout?: Timestamp | null;
  readonly pause_reschedule?: boolean;
  readonly pause_key?: string | null;
  readonly run_input_keyset?: Readonly<Record<string, string>> | null;
  readonly refresh_cache?: boolean | null;
  readonly retriable?: boolean | null;
  readonly transition_id?: Id<"transition"> | null;
  readonly task_parameters_id?: Id<"task-parameters"> | null;
  readonly traceparent?: string | null;
  readonly deployment_concurrency_lease_id?: LeaseId | null;
}

/** A state as the server keeps it. */
export interface State {
  readonly id: StateId;
  readonly type: StateType;
  readonly name: string;
  readonly timestamp: Timestamp;
  readonly message: string | null;
  /** `null`, a result record's metadata object, or `{"type":"unpersisted"}`; kept as sent (protocol section 3.1). */
  readonly data: unknown;
  readonly state_details: StateDetails;
}

/** A state that somebody proposes: the server gives it its id and timestamp when it is accepted. */
export interface ProposedState {
  readonly type: StateType;
  readonly name: string;
  readonly message: string | null;
  readonly data: unknown;
  readonly state_details: StateDetails;
}

/** `StateCreate` on the wire: closed, without id and timestamp, which the server stamps. */
export const stateCreate = z
  .strictObject({
    type: stateType,
    name: z.string().nullish(),
    message: z.string().nullish(),
    data: z.unknown().optional(),
    state_details: stateDetailsInput.optional(),
  })
  .transform(
    (body): ProposedState => ({
      type: body.type,
      name: body.name ?? defaultStateName(body.type),
      message: body.message ?? null,
      data: body.data ?? null,
      state_details: body.state_details ?? {},
    }),
  )
  .meta({ id: "StateCreate" });

/** A state on the wire. */
export const stateResponse = z
  .object({
    id: idOutput,
    type: stateType,
    name: z.string().nullable(),
    timestamp: timestampOutput,
    message: z.string().nullable(),
    data: z.unknown(),
    state_details: stateDetailsOutput,
  })
  .meta({ id: "State" });
export type StateResponse = z.infer<typeof stateResponse>;
