/** The event `prefect.flow-run.<state name>`: what the world learns of a flow run's state (protocol section 7.3). */
import {
  type EventId,
  formatTimestamp,
  type RelatedResource,
  secondsBetween,
  type State,
  type Timestamp,
} from "@sluice/schemas";
import type { StateEventEffect } from "../orchestration/decision.ts";
import type { StoredEvent } from "../store/events.ts";
import type { FlowRunFacts } from "../store/flow-runs.ts";

/** States further apart need no `follows` to be told in order. */
const CLOSE_SECONDS = 5 * 60;

/** Some put whole results into messages; an event must stay small enough to send. */
const MAXIMUM_MESSAGE_LENGTH = 100_000;

/** @param received when the server took the event in, which for its own events is when it writes them */
export function flowRunStateEvent(
  facts: FlowRunFacts,
  { initial_state, validated_state, run_count }: StateEventEffect,
  received: Timestamp,
): StoredEvent {
  const { run } = facts;
  return {
    id: validated_state.id as string as EventId, // the event of a state has the state's id, which orders events
    workspace_id: run.workspace_id,
    occurred: validated_state.timestamp,
    received,
    event: `prefect.flow-run.${validated_state.name}`,
    resource: {
      "prefect.resource.id": `prefect.flow-run.${run.id}`,
      "prefect.resource.name": run.name,
      "prefect.run-count": String(run_count),
      "prefect.state-message": shortened(validated_state.message ?? ""),
      "prefect.state-name": validated_state.name,
      "prefect.state-timestamp": formatTimestamp(validated_state.timestamp).replace("Z", "+00:00"),
      "prefect.state-type": validated_state.type,
    },
    related: [...relatedResources(facts), ...tagResources(facts), ...creatorResources(facts)],
    payload: {
      intended: { from: initial_state?.type ?? null, to: validated_state.type },
      initial_state: initial_state && statePayload(initial_state),
      validated_state: statePayload(validated_state),
    },
    follows: isClose(initial_state, validated_state) ? (initial_state?.id as string as EventId) : null,
  };
}

function relatedResources(facts: FlowRunFacts): RelatedResource[] {
  const { flow, deployment, work_queue, work_pool, parent_task_run } = facts;
  const related: RelatedResource[] = [resource("flow", flow)];
  if (deployment) related.push(resource("deployment", deployment));
  if (work_queue) related.push(resource("work-queue", work_queue));
  if (work_pool) {
    related.push({ ...resource("work-pool", work_pool), "prefect.work-pool.type": work_pool.type });
  }
  if (parent_task_run) related.push(resource("task-run", parent_task_run));
  return related;
}

function resource(
  role: string,
  { id, name }: { readonly id: string; readonly name: string },
): RelatedResource {
  return {
    "prefect.resource.id": `prefect.${role}.${id}`,
    "prefect.resource.role": role,
    "prefect.resource.name": name,
  };
}

function tagResources({ run, flow, deployment, parent_task_run }: FlowRunFacts): RelatedResource[] {
  const tags = new Set([run, flow, deployment, parent_task_run].flatMap((tagged) => tagged?.tags ?? []));
  return [...tags]
    .toSorted()
    .map((tag) => ({ "prefect.resource.id": `prefect.tag.${tag}`, "prefect.resource.role": "tag" }));
}

const CREATOR_KINDS: Readonly<Record<string, string>> = {
  DEPLOYMENT: "deployment",
  AUTOMATION: "automation",
};

function creatorResources({ run: { created_by } }: FlowRunFacts): RelatedResource[] {
  const kind = CREATOR_KINDS[created_by?.type ?? ""];
  if (!created_by || kind === undefined) return [];
  return [
    {
      "prefect.resource.id": `prefect.${kind}.${created_by.id}`,
      "prefect.resource.role": "creator",
      ...(created_by.display_value && { "prefect.resource.name": created_by.display_value }),
    },
  ];
}

function statePayload({ type, name, message, state_details }: State): Readonly<Record<string, string>> {
  return {
    type,
    name,
    ...(message && { message: shortened(message) }),
    ...(type === "PAUSED" && { pause_reschedule: String(state_details.pause_reschedule ?? false) }),
  };
}

function isClose(initial: State | null, next: State): boolean {
  return initial !== null && Math.abs(secondsBetween(initial.timestamp, next.timestamp)) < CLOSE_SECONDS;
}

/** Keeps the beginning and the end, and says how much is missing between them. */
function shortened(message: string): string {
  if (message.length <= MAXIMUM_MESSAGE_LENGTH) return message;
  const half = MAXIMUM_MESSAGE_LENGTH / 2;
  const omitted = message.length - MAXIMUM_MESSAGE_LENGTH;
  const short = `${message.slice(0, half)}...${omitted} additional characters...${message.slice(-half)}`;
  return short.length < message.length ? short : message;
}
