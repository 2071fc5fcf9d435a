/** What is kept about a flow run with every state, forced or not (protocol section 3.4, global transforms). */
import { isTerminal } from "@sluice/schemas";
import type { Policy } from "../rule.ts";
import type { FlowRunKind, FlowRunTransform } from "../run-kinds.ts";
import { numberAttempts } from "./number-attempts.ts";
import { runTimes } from "./run-times.ts";

export const updateFlowRunStateDetails: FlowRunTransform = {
  kind: "transform",
  name: "UpdateStateDetails",
  before({ facts }) {
    return { state_details: { flow_run_id: facts.run.id } };
  },
};

/** The task run that stands for a subflow in its parent is in the same state as the subflow, always. */
export const updateSubflowParentTask: FlowRunTransform = {
  kind: "transform",
  name: "UpdateSubflowParentTask",
  after({ run, validated }) {
    const { parent_task_run_id } = run;
    if (parent_task_run_id === null) return undefined;
    const { type, name, message, data } = validated;
    const state_details = { ...validated.state_details, child_flow_run_id: run.id };
    return {
      effects: [
        {
          kind: "force_task_run_state",
          task_run_id: parent_task_run_id,
          state: { type, name, message, data, state_details },
        },
      ],
    };
  },
};

export const updateSubflowStateDetails: FlowRunTransform = {
  kind: "transform",
  name: "UpdateSubflowStateDetails",
  before({ run }) {
    if (run.parent_task_run_id === null) return undefined;
    return { state_details: { task_run_id: run.parent_task_run_id } };
  },
};

/** Counts entries to RUNNING; going on after a suspension is not a new run. */
export const incrementFlowRunCount: FlowRunTransform = {
  kind: "transform",
  name: "IncrementFlowRunCount",
  before({ run, proposed }) {
    if (proposed.type !== "RUNNING" || run.empirical_policy.resuming) return undefined;
    return { run: { run_count: run.run_count + 1 } };
  },
};

export const removeResumingIndicator: FlowRunTransform = {
  kind: "transform",
  name: "RemoveResumingIndicator",
  before({ run, proposed }) {
    const arrives = proposed.type === "RUNNING" || isTerminal(proposed.type);
    if (!arrives || !run.empirical_policy.resuming) return undefined;
    return { run: { empirical_policy: { ...run.empirical_policy, resuming: false } } };
  },
};

export const flowRunBookkeeping: Policy<FlowRunKind> = [
  ...runTimes,
  updateFlowRunStateDetails,
  updateSubflowParentTask,
  updateSubflowStateDetails,
  incrementFlowRunCount,
  removeResumingIndicator,
  numberAttempts,
];
