/** What clients were told: the server has to stand by it. */
import type { FlowRunId, Id, State, StateType, TaskRunId } from "@sluice/schemas";
import type { SetFlowRunStateOutcome } from "../../server/commands/set-state-outcome.ts";

export type TransitionId = Id<"transition">;

/** A proposed state, as often as it was sent. */
export interface SentProposal {
  readonly runId: FlowRunId;
  readonly transitionId: TransitionId;
  readonly type: StateType;
  readonly force: boolean;
  /** The attempt that the client said it executes. */
  readonly attempt: number | null;
}

export interface AcknowledgedProposal extends SentProposal {
  readonly outcome: SetFlowRunStateOutcome;
}

export interface AcknowledgedRun {
  readonly id: FlowRunId;
  readonly created: boolean;
  readonly firstState: State | null;
  readonly idempotencyKey: string | null;
}

export class Journal {
  readonly sent = new Map<TransitionId, SentProposal>();
  readonly acknowledged: AcknowledgedProposal[] = [];
  readonly createdRuns: AcknowledgedRun[] = [];
  readonly createdTaskRuns: TaskRunId[] = [];
  /** Resumes carry no transition id; what they wrote is known by the state's. */
  readonly resumed: SetFlowRunStateOutcome[] = [];

  send(proposal: SentProposal): void {
    this.sent.set(proposal.transitionId, proposal);
  }

  acknowledge(proposal: SentProposal, outcome: SetFlowRunStateOutcome): void {
    this.acknowledged.push({ ...proposal, outcome });
  }
}
