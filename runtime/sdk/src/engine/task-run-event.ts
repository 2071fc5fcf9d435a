/** The events by which the server learns of a task run: one per state (protocol section 4.2). */
import { formatTimestamp, type Timestamp } from "@sluice/schemas";
import type { State, WireStateDetails } from "../states.ts";
import type { TaskRun } from "../task-run.ts";
import type { EventBody, EventLabels, JsonObject } from "../transport/wire.ts";

/** Longer messages are cut in events. */
const LONGEST_MESSAGE = 100_000;
/** Events further apart are not said to follow each other. */
const TIGHT_TIMING_MICROS = 5 * 60 * 1_000_000;

/** The part of an earlier event that a later one refers to. */
export interface EmittedEvent {
  readonly id: string;
  readonly micros: Timestamp;
}

/**
 * Describes that a task run has entered its current state. The event's id is the state's.
 * `related` names what the run belongs to: its tags first, then what its flow run gives.
 */
export function taskRunEvent(
  taskRun: TaskRun,
  initialState: State | null,
  follows: EmittedEvent | null,
  related: EventLabels[],
): EventBody {
  const state = taskRun.state;
  const occurred = formatTimestamp(state.timestampMicros);
  const message = cutMessage(state.message);
  return {
    id: state.id,
    occurred,
    event: `prefect.task-run.${state.name}`,
    resource: {
      "prefect.resource.id": `prefect.task-run.${taskRun.id}`,
      "prefect.resource.name": taskRun.name,
      "prefect.run-count": String(taskRun.runCount),
      "prefect.state-message": message,
      "prefect.state-name": state.name,
      "prefect.state-timestamp": `${occurred.slice(0, -1)}+00:00`,
      "prefect.state-type": state.type,
      "prefect.orchestration": "client",
    },
    related,
    payload: {
      intended: { from: initialState?.type ?? null, to: state.type },
      initial_state: initialState && {
        type: initialState.type,
        name: initialState.name,
        message: cutMessage(initialState.message),
        state_details: detailsWithoutRunIds(initialState.details),
      },
      validated_state: {
        type: state.type,
        name: state.name,
        message,
        state_details: detailsWithoutRunIds(state.details),
        data: state.resultRecord,
      },
      task_run: taskRunPayload(taskRun),
    },
    follows: follows && isTight(follows.micros, state.timestampMicros) ? follows.id : null,
  };
}

/** Keys that are absent keep their old values at the server, so nulls are left out. */
function taskRunPayload(run: TaskRun): JsonObject {
  const payload: JsonObject = {
    name: run.name,
    task_key: run.taskKey,
    dynamic_key: run.dynamicKey,
    empirical_policy: run.policy,
    tags: run.tags,
    labels: {},
    task_inputs: run.taskInputs,
    run_count: run.runCount,
    flow_run_run_count: run.flowRunRunCount,
    expected_start_time: formatTimestamp(run.expectedStartMicros),
    total_run_time: run.totalRunTime,
  };
  if (run.taskVersion !== null) payload.task_version = run.taskVersion;
  if (run.startMicros !== null) payload.start_time = formatTimestamp(run.startMicros);
  if (run.endMicros !== null) payload.end_time = formatTimestamp(run.endMicros);
  return payload;
}

/** The recorder takes the ids from the event's resources. */
function detailsWithoutRunIds({
  flow_run_id: _flow,
  task_run_id: _task,
  ...details
}: WireStateDetails): WireStateDetails {
  return details;
}

function cutMessage(message: string | null): string {
  if (message === null) return "";
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = LONGEST_MESSAGE / 2 - 2;
  return `${message.slice(0, half)}...${message.slice(-half)}`;
}

function isTight(earlier: Timestamp, later: Timestamp): boolean {
  return Math.abs(later - earlier) < TIGHT_TIMING_MICROS;
}
