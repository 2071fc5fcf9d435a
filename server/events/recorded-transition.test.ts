import {
  DEFAULT_WORKSPACE_ID,
  durationFromSeconds,
  eventInput,
  parseTimestamp,
  type Timestamp,
} from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { receivedEvent } from "./receive-event.ts";
import { recordedTransition, tellsOfTaskRun } from "./recorded-transition.ts";

const NOW = 1_000_000 as Timestamp;
const TASK_RUN = "8ae5180d-9980-4fb7-9fff-bf0404f432bd";
const FLOW_RUN = "ce3f4c1e-3285-47fe-a44a-fdb079afc5dc";
const STATE = "01a2022c-aaa2-7e28-a4e5-fcc97d064110";

/** What a stock client sends for a task run that goes RUNNING; `change` edits it. */
function taskRunEvent(change: (event: ReturnType<typeof wireEvent>) => void = () => undefined) {
  const wire = wireEvent();
  change(wire);
  return receivedEvent(eventInput.parse(wire), DEFAULT_WORKSPACE_ID, NOW);
}

function wireEvent() {
  return {
    id: STATE,
    occurred: "2026-11-22T07:33:31.426407Z",
    event: "prefect.task-run.Running",
    resource: {
      "prefect.resource.id": `prefect.task-run.${TASK_RUN}`,
      "prefect.resource.name": "n-1",
      "prefect.orchestration": "client",
    } as Record<string, string>,
    related: [
      { "prefect.resource.id": `prefect.flow-run.${FLOW_RUN}`, "prefect.resource.role": "flow-run" },
    ] as Record<string, string>[],
    payload: {
      intended: { from: "PENDING", to: "RUNNING" },
      initial_state: null,
      validated_state: {
        type: "RUNNING",
        name: "Running",
        message: "",
        state_details: { transition_id: FLOW_RUN },
        data: null,
      } as Record<string, unknown>,
      task_run: {
        name: "n-1",
        task_key: "k",
        dynamic_key: "d",
        empirical_policy: { max_retries: 2, retry_delay_seconds: 0 },
        tags: ["a"],
        labels: {},
        task_inputs: { x: [{ input_type: "task_run", id: FLOW_RUN }] },
        run_count: 1,
        start_time: "2026-11-22T07:33:31.426100Z",
        end_time: null,
        total_run_time: 1.5,
        estimated_run_time: 9,
      } as Record<string, unknown>,
    },
    follows: null as string | null,
  };
}

describe("recordedTransition", () => {
  it("takes the state from the event: its id, its moment, the runs it belongs to", () => {
    const transition = recordedTransition(taskRunEvent(), NOW);
    expect(transition).toMatchObject({
      id: TASK_RUN,
      flow_run_id: FLOW_RUN,
      task_key: "k",
      dynamic_key: "d",
      recorded: NOW,
      state: {
        id: STATE,
        type: "RUNNING",
        name: "Running",
        timestamp: parseTimestamp("2026-11-22T07:33:31.426407Z"),
        message: "",
        data: null,
        state_details: { transition_id: FLOW_RUN, task_run_id: TASK_RUN, flow_run_id: FLOW_RUN },
      },
    });
  });

  it("writes only the columns that the event carries, nulls included", () => {
    const transition = recordedTransition(taskRunEvent(), NOW);
    if ("problem" in transition) throw new Error(transition.problem);
    expect(Object.keys(transition.columns).toSorted()).toEqual([
      "empirical_policy",
      "end_time",
      "labels",
      "name",
      "run_count",
      "start_time",
      "tags",
      "task_inputs",
      "total_run_time",
    ]);
    expect(transition.columns.end_time).toBeNull();
    expect(transition.columns.total_run_time).toBe(durationFromSeconds(1.5));
    expect(transition.columns.empirical_policy?.retries).toBe(2);
  });

  it("leaves a task run without a related flow run alone", () => {
    const transition = recordedTransition(
      taskRunEvent((event) => {
        event.related = [{ "prefect.resource.id": "prefect.tag.a", "prefect.resource.role": "tag" }];
      }),
      NOW,
    );
    expect(transition).toMatchObject({ flow_run_id: null, state: { state_details: { flow_run_id: null } } });
  });

  it("names a state after its type, and schedules it for its own moment, when the event does not say", () => {
    const transition = recordedTransition(
      taskRunEvent((event) => {
        event.payload.validated_state = { type: "SCHEDULED" };
      }),
      NOW,
    );
    expect(transition).toMatchObject({
      state: {
        name: "Scheduled",
        message: null,
        state_details: { scheduled_time: parseTimestamp("2026-11-22T07:33:31.426407Z") },
      },
    });
  });

  it.each<[string, (event: ReturnType<typeof wireEvent>) => void]>([
    [
      "does not name a task run",
      (event) => (event.resource["prefect.resource.id"] = "prefect.task-run.first"),
    ],
    ["is no flow run", (event) => (event.related[0]!["prefect.resource.id"] = "prefect.flow.1")],
    ["payload.validated_state.type", (event) => (event.payload.validated_state["type"] = "ASLEEP")],
    ["payload.task_run.task_key", (event) => delete event.payload.task_run["task_key"]],
    ["payload.task_run.run_count", (event) => (event.payload.task_run["run_count"] = null)],
    ["payload.task_run.total_run_time", (event) => (event.payload.task_run["total_run_time"] = "soon")],
  ])("says what it can't read: %s", (problem, change) => {
    expect(recordedTransition(taskRunEvent(change), NOW)).toEqual({
      problem: expect.stringContaining(problem),
    });
  });
});

describe("tellsOfTaskRun", () => {
  it("heeds only what clients themselves say of their task runs", () => {
    expect(tellsOfTaskRun(taskRunEvent())).toBe(true);
    expect(tellsOfTaskRun(taskRunEvent((event) => (event.event = "prefect.flow-run.Running")))).toBe(false);
    expect(
      tellsOfTaskRun(taskRunEvent((event) => (event.resource["prefect.orchestration"] = "server"))),
    ).toBe(false);
    expect(tellsOfTaskRun(taskRunEvent((event) => delete event.resource["prefect.orchestration"]))).toBe(
      false,
    );
  });
});
