import type { OrchestrationResult } from "@sluice/schemas";
import type { FlowRunDecision, TaskRunDecision } from "../orchestration/decision.ts";

/** The answer to a proposed state, and what the edge tells with it. */
export interface SetStateOutcome extends OrchestrationResult {
  /** True when a state was written: the proposed one or one in its place. Answered with 201, else 200. */
  readonly created: boolean;
}

export interface SetFlowRunStateOutcome extends SetStateOutcome {
  /** The attempt that holds the run now. A client that starts to execute it states this number from then on. */
  readonly attempt: number;
}

export function setStateOutcome(decision: TaskRunDecision): SetStateOutcome {
  const { status, details, state, write } = decision;
  return { status, details, state, created: write?.state != null };
}

export function setFlowRunStateOutcome(decision: FlowRunDecision): SetFlowRunStateOutcome {
  const { attempt, ...rest } = decision;
  const { status, details, state, write } = rest;
  return { status, details, state, created: write?.state != null, attempt };
}
