/**
 * What an event tells about a task run. Ordinary task runs are orchestrated in the client's process, which sends one
 * event per state; the server learns of the run from these events alone (protocol sections 4.2 and 4.3).
 */
import {
  defaultStateName,
  durationFromSeconds,
  type FlowRunId,
  isUuid,
  type State,
  type StateId,
  StateType,
  stateDetailsInput,
  type TaskRunId,
  type Timestamp,
  taskInputsInput,
  taskRunPolicyInput,
  timestampInput,
} from "@sluice/schemas";
import { z } from "zod";
import type { StoredEvent } from "../store/events.ts";
import type { RecordedTransition } from "../store/task-runs.ts";
import { secondsInput } from "./seconds.ts";

/** Why an event that should tell of a task run can't be read as such. The event itself is good, and is kept. */
export interface UnreadableTransition {
  readonly problem: string;
}

/** True for events that the recorder has to look at: only the client's own word counts (trap 28). */
export function tellsOfTaskRun(event: StoredEvent): boolean {
  return event.event.startsWith("prefect.task-run") && event.resource["prefect.orchestration"] === "client";
}

const validatedState = z.object({
  type: z.enum(StateType),
  name: z.string().nullish(),
  message: z.string().nullish(),
  data: z.unknown().optional(),
  state_details: stateDetailsInput.default({}),
});

const labels = z
  .record(z.string(), z.union([z.boolean(), z.number(), z.string()]))
  .nullable()
  .transform((given) => given ?? {});

/** Keys that are absent stay absent, because they keep what is stored; unknown ones are dropped. */
const recordedTaskRun = z.object({
  task_key: z.string(),
  dynamic_key: z.string(),
  name: z.string().optional(),
  cache_key: z.string().nullable().optional(),
  cache_expiration: timestampInput.nullable().optional(),
  task_version: z.string().nullable().optional(),
  empirical_policy: taskRunPolicyInput.optional(),
  tags: z.array(z.string()).optional(),
  labels: labels.optional(),
  task_inputs: taskInputsInput.optional(),
  run_count: z.int().optional(),
  flow_run_run_count: z.int().optional(),
  expected_start_time: timestampInput.nullable().optional(),
  next_scheduled_start_time: timestampInput.nullable().optional(),
  start_time: timestampInput.nullable().optional(),
  end_time: timestampInput.nullable().optional(),
  total_run_time: secondsInput.transform(durationFromSeconds).optional(),
});

const transitionPayload = z.object({ validated_state: validatedState, task_run: recordedTaskRun });

/** Reads the transition out of an event that {@link tellsOfTaskRun}. `recorded` is the time of the writing. */
export function recordedTransition(
  event: StoredEvent,
  recorded: Timestamp,
): RecordedTransition | UnreadableTransition {
  const taskRunId = idOfKind<TaskRunId>(event.resource["prefect.resource.id"], "prefect.task-run.");
  if (taskRunId === null) return { problem: "the resource's id does not name a task run" };
  // The flow run is known from the related resource alone: the payload doesn't carry it (trap 26).
  const flowRun = event.related.find((resource) => resource["prefect.resource.role"] === "flow-run");
  const flowRunId = flowRun ? idOfKind<FlowRunId>(flowRun["prefect.resource.id"], "prefect.flow-run.") : null;
  if (flowRun && flowRunId === null)
    return { problem: "the related resource in role flow-run is no flow run" };

  const payload = transitionPayload.safeParse(event.payload);
  if (!payload.success) return { problem: describe(payload.error) };
  const { task_key, dynamic_key, ...columns } = payload.data.task_run;
  return {
    workspace_id: event.workspace_id,
    id: taskRunId,
    flow_run_id: flowRunId,
    task_key,
    dynamic_key,
    columns,
    state: stateOf(event, payload.data.validated_state, taskRunId, flowRunId),
    recorded,
  };
}

function stateOf(
  event: StoredEvent,
  told: z.output<typeof validatedState>,
  taskRunId: TaskRunId,
  flowRunId: FlowRunId | null,
): State {
  const details = { ...told.state_details, task_run_id: taskRunId, flow_run_id: flowRunId };
  if (told.type === "SCHEDULED") details.scheduled_time ??= event.occurred;
  return {
    // A state event's id is the state's own, and its moment the state's (protocol section 4.2).
    id: event.id as string as StateId,
    type: told.type,
    name: told.name ?? defaultStateName(told.type),
    timestamp: event.occurred,
    message: told.message ?? null,
    data: told.data ?? null,
    state_details: details,
  };
}

function idOfKind<Id extends string>(resourceId: string | undefined, prefix: string): Id | null {
  if (!resourceId?.startsWith(prefix)) return null;
  const id = resourceId.slice(prefix.length).toLowerCase();
  // Ids in resource names are written out in full, unlike ids in requests.
  return id.length === 36 && isUuid(id) ? (id as Id) : null;
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `payload.${issue.path.join(".")}: ${issue.message}` : "the payload is not as expected";
}
