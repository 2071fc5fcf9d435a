import {
  type FlowRunId,
  isJsonObject,
  type JsonObject,
  newId,
  type ProposedState,
  type State,
  StateName,
  type Timestamp,
} from "@sluice/schemas";
import { newState } from "../orchestration/states.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { objectNotFound } from "./errors.ts";
import { HydrationError, hydrateValues } from "./hydrate-values.ts";
import { schemaProblem } from "./schema-values.ts";
import { type SetFlowRunStateOutcome, setFlowRunStateOutcome } from "./set-state-outcome.ts";
import { transitionFlowRuns } from "./transition-flow-runs.ts";

/**
 * Lets a paused run go on (protocol section 3.6): at once when its process waits, through a worker when it was
 * suspended. A pause that asked for input is left only with input that fits its schema; the input is kept with the
 * resume, or not at all.
 *
 * @throws Refusal object_not_found
 */
export async function resumeFlowRun(
  { store, now, runs }: CommandContext,
  caller: Caller,
  id: FlowRunId,
  runInput: JsonObject | null,
): Promise<SetFlowRunStateOutcome> {
  return await store.transaction(async (tx) => {
    const run = (await tx.flowRuns.lockForTransition([id], now())).get(id)?.run;
    if (!run || run.workspace_id !== caller.workspace_id) {
      throw objectNotFound(`Flow run with id ${id} not found`);
    }
    const { state, attempt } = run;
    if (state?.type !== "PAUSED") {
      return refused("ABORT", null, "Cannot resume a flow run that is not paused.", attempt);
    }
    const keyset = state.state_details.run_input_keyset;
    const input = keyset ? await acceptInput(tx, caller, id, keyset, runInput ?? {}) : null;
    if (input && "problem" in input) return refused("REJECT", state, input.problem, attempt);

    const proposal = { state: stateAfterPause(state), force: false };
    const [decision] = await transitionFlowRuns(tx, runs.environment, [
      { id, caller, proposal, policy: "core" },
    ]);
    if (!decision) throw objectNotFound(`Flow run with id ${id} not found`);
    if (keyset?.response && input && decision.status === "ACCEPT") {
      await keepInput(tx, caller, id, keyset.response, input.value, now());
    }
    return setFlowRunStateOutcome(decision);
  });
}

/** The details say "abort" even in a rejection: clients read the type. */
function refused(
  status: "ABORT" | "REJECT",
  state: State | null,
  reason: string,
  attempt: number,
): SetFlowRunStateOutcome {
  return { status, state, details: { type: "abort_details", reason }, created: false, attempt };
}

function stateAfterPause({ state_details }: State): ProposedState {
  return state_details.pause_reschedule
    ? newState("SCHEDULED", { name: StateName.Resuming })
    : newState("RUNNING");
}

type AcceptedInput = { readonly value: unknown } | { readonly problem: string };

async function acceptInput(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  id: FlowRunId,
  keyset: Readonly<Record<string, string>>,
  runInput: JsonObject,
): Promise<AcceptedInput> {
  let value: unknown;
  try {
    value = hydrateValues(runInput) ?? {};
  } catch (error) {
    if (!(error instanceof HydrationError)) throw error;
    return { problem: `Error hydrating run input: ${error.message}` };
  }
  const stored = await tx.flowRunInputs.read(workspace_id, id, keyset.schema ?? "");
  if (!stored) return { problem: "Run input schema not found." };
  const schema = parseSchema(stored.value);
  if (!schema) return { problem: "Run input schema is not valid JSON." };
  const problem = schemaProblem(value, schema);
  return problem === null ? { value } : { problem: `Reason: ${problem}` };
}

function parseSchema(text: string): JsonObject | null {
  try {
    const schema: unknown = JSON.parse(text);
    return isJsonObject(schema) ? schema : null;
  } catch {
    return null;
  }
}

async function keepInput(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  flow_run_id: FlowRunId,
  key: string,
  value: unknown,
  moment: Timestamp,
): Promise<void> {
  if (isJsonObject(value) && Object.keys(value).length === 0) return;
  await tx.flowRunInputs.put({
    id: newId(),
    workspace_id,
    created: moment,
    updated: moment,
    flow_run_id,
    key,
    value: JSON.stringify(value),
    sender: null,
  });
}
