/** What the server says to a proposed state (protocol section 3.2). */
import { z } from "zod";
import { integer } from "./fields.ts";
import { type FlowRunId, idOutput } from "./ids.ts";
import { type State, stateResponse } from "./states.ts";

export const SetStateStatus = {
  /** The proposed state is now the run's. */
  ACCEPT: "ACCEPT",
  /** The run is in the returned state instead, which may be new or the one it was in. */
  REJECT: "REJECT",
  /** Nothing changed and the caller should stop. */
  ABORT: "ABORT",
  /** Nothing changed; propose again after the delay. */
  WAIT: "WAIT",
} as const;
export type SetStateStatus = (typeof SetStateStatus)[keyof typeof SetStateStatus];

export const setStateStatus = z.enum(SetStateStatus).meta({ id: "SetStateStatus" });

export const stateAcceptDetails = z
  .object({ type: z.literal("accept_details") })
  .meta({ id: "StateAcceptDetails" });
export const stateRejectDetails = z
  .object({ type: z.literal("reject_details"), reason: z.string().nullable() })
  .meta({ id: "StateRejectDetails" });
export const stateAbortDetails = z
  .object({ type: z.literal("abort_details"), reason: z.string().nullable() })
  .meta({ id: "StateAbortDetails" });
export const stateWaitDetails = z
  .object({ type: z.literal("wait_details"), delay_seconds: integer, reason: z.string().nullable() })
  .meta({ id: "StateWaitDetails" });

const stateResponseDetails = z.discriminatedUnion("type", [
  stateAcceptDetails,
  stateWaitDetails,
  stateRejectDetails,
  stateAbortDetails,
]);

export type StateAcceptDetails = Readonly<z.output<typeof stateAcceptDetails>>;
export type StateRejectDetails = Readonly<z.output<typeof stateRejectDetails>>;
export type StateAbortDetails = Readonly<z.output<typeof stateAbortDetails>>;
export type StateWaitDetails = Readonly<z.output<typeof stateWaitDetails>>;
export type StateResponseDetails =
  | StateAcceptDetails
  | StateRejectDetails
  | StateAbortDetails
  | StateWaitDetails;

/** The answer to a proposal. `state` is what the run is in now; null only where there is no state to speak of. */
export interface OrchestrationResult {
  readonly state: State | null;
  readonly status: SetStateStatus;
  readonly details: StateResponseDetails;
}

/** The answer for one of the runs of `POST /flow_runs/bulk_set_state`. */
export interface FlowRunOrchestrationResult extends OrchestrationResult {
  readonly flow_run_id: FlowRunId;
}

export const orchestrationResultResponse = z
  .object({ state: stateResponse.nullable(), status: setStateStatus, details: stateResponseDetails })
  .meta({ id: "OrchestrationResult" });
export type OrchestrationResultResponse = z.output<typeof orchestrationResultResponse>;

export const flowRunOrchestrationResultResponse = z
  .object({
    flow_run_id: idOutput,
    status: setStateStatus,
    state: stateResponse.nullable(),
    details: stateResponseDetails,
  })
  .meta({ id: "FlowRunOrchestrationResult" });

export const flowRunBulkSetStateResponse = z
  .object({ results: z.array(flowRunOrchestrationResultResponse) })
  .meta({ id: "FlowRunBulkSetStateResponse" });
export type FlowRunBulkSetStateResponse = z.output<typeof flowRunBulkSetStateResponse>;
