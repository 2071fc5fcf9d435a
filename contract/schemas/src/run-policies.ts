/** How runs retry and pause: `empirical_policy` of flow runs and task runs (protocol sections 3.5 and 3.6). */
import { z } from "zod";
import { integer } from "./fields.ts";

/** Who brings a failed flow run back: its own live process, or a worker that picks it up anew. */
export const RetryType = { in_process: "in_process", reschedule: "reschedule" } as const;
export type RetryType = (typeof RetryType)[keyof typeof RetryType];

export interface FlowRunPolicy {
  /** Deprecated mirror of {@link retries}; read only when `retries` is not set. */
  readonly max_retries: number;
  /** Deprecated mirror of {@link retry_delay}. */
  readonly retry_delay_seconds: number;
  readonly retries: number | null;
  /** Seconds. */
  readonly retry_delay: number | null;
  /** Keys of the pauses that this run has been through; a key pauses once. */
  readonly pause_keys: readonly string[];
  /** True from a resume until the run is RUNNING again, so that the resume does not count as a new run. */
  readonly resuming: boolean | null;
  readonly retry_type: RetryType | null;
}

export interface TaskRunPolicy {
  /** Deprecated mirror of {@link retries}. */
  readonly max_retries: number;
  /** Deprecated mirror of {@link retry_delay}. */
  readonly retry_delay_seconds: number;
  readonly retries: number | null;
  /** Seconds; a list gives the delay of each retry, its last entry repeats. */
  readonly retry_delay: number | readonly number[] | null;
  /** Share of the delay that is random, e.g. 0.5 for up to half. */
  readonly retry_jitter_factor: number | null;
}

/** The policy of a run that was given none. */
export const DEFAULT_FLOW_RUN_POLICY: FlowRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  pause_keys: [],
  resuming: false,
  retry_type: null,
};

export const DEFAULT_TASK_RUN_POLICY: TaskRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
};

const deprecatedShape = {
  max_retries: integer.default(0).meta({ deprecated: true }),
  retry_delay_seconds: z.number().default(0).meta({ deprecated: true }),
};

const flowRunPolicyShape = {
  ...deprecatedShape,
  retries: integer.nullable().default(null),
  retry_delay: integer.nullable().default(null),
  pause_keys: z.array(z.string()).meta({ uniqueItems: true }).nullable().default([]),
  resuming: z.boolean().nullable().default(false),
  retry_type: z.enum(RetryType).nullable().default(null),
};

/** The cap on a list of retry delays. */
const MAXIMUM_RETRY_DELAYS = 50;

const taskRunPolicyShape = {
  ...deprecatedShape,
  retries: integer.nullable().default(null),
  retry_delay: z
    .union([
      z.number(),
      z.array(z.number()).refine((delays) => delays.length <= MAXIMUM_RETRY_DELAYS, {
        message: `Can not configure more than ${MAXIMUM_RETRY_DELAYS} retry delays per task.`,
      }),
    ])
    .nullable()
    .default(null),
  retry_jitter_factor: z
    .number()
    .refine((factor) => factor >= 0, { message: "`retry_jitter_factor` must be >= 0." })
    .nullable()
    .default(null),
};

/** A flow run's policy in a request; unknown keys are ignored, as the Python client's own extras are. */
export const flowRunPolicyInput = z
  .object(flowRunPolicyShape)
  .transform((policy, context): FlowRunPolicy => {
    const current = withDeprecatedFields(policy);
    // The deprecated delay may have a fraction, the delay of a flow run may not.
    if (current.retry_delay !== null && !Number.isInteger(current.retry_delay)) {
      context.addIssue({
        code: "custom",
        path: ["retry_delay_seconds"],
        message: "Input should be a valid integer, got a number with a fractional part",
        params: { type: "int_from_float" },
      });
    }
    return { ...current, pause_keys: [...new Set(policy.pause_keys)] };
  })
  .meta({ id: "FlowRunPolicyInput" });

/** A task run's policy in a request. */
export const taskRunPolicyInput = z
  .object(taskRunPolicyShape)
  .transform((policy): TaskRunPolicy => withDeprecatedFields(policy))
  .meta({ id: "TaskRunPolicyInput" });

export const flowRunPolicyOutput = z.object(flowRunPolicyShape).meta({ id: "FlowRunPolicy" });
export const taskRunPolicyOutput = z.object(taskRunPolicyShape).meta({ id: "TaskRunPolicy" });

interface DeprecatedFields {
  readonly max_retries: number;
  readonly retry_delay_seconds: number;
  readonly retries: number | null;
}

/** The deprecated pair stands in where the current one is not set, so that old clients' retries still happen. */
function withDeprecatedFields<Policy extends DeprecatedFields & { retry_delay: unknown }>(
  policy: Policy,
): Policy {
  return {
    ...policy,
    retries: policy.retries || policy.max_retries || policy.retries,
    retry_delay: policy.retry_delay || policy.retry_delay_seconds || policy.retry_delay,
  };
}
