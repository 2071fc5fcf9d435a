import type { FlowRunId, FlowRunUpdate, Labels } from "@sluice/schemas";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound, objectNotFound, Refusal } from "./errors.ts";
import { inventName } from "./random-names.ts";

/**
 * Writes the keys that are present, null included.
 * @throws Refusal not_found, or bad_request where job variables can't be changed any more
 */
export async function updateFlowRun(
  { store, now, random }: CommandContext,
  caller: Caller,
  id: FlowRunId,
  body: FlowRunUpdate,
): Promise<void> {
  const { name, ...rest } = body;
  const named = name === undefined ? {} : { name: name || inventName(random) };
  const changes = { ...rest, ...named, updated: now(), updated_by: storedActor(caller) };
  const run = await store.transaction(async (tx) => {
    if (body.job_variables != null) await requireJobVariablesChangeable(tx, caller, id);
    return await tx.flowRuns.update(caller.workspace_id, id, changes);
  });
  if (!run) throw notFound("Flow run");
}

/** Job variables shape the infrastructure, so they are fixed once it is on its way. */
async function requireJobVariablesChangeable(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  id: FlowRunId,
): Promise<void> {
  const run = await tx.flowRuns.read(workspace_id, id);
  if (!run) throw notFound("Flow run");
  if (!run.state) {
    throw new Refusal("bad_request", "Flow run state is required to update job variables but none exists");
  }
  if (run.state.type !== "SCHEDULED") {
    throw new Refusal(
      "bad_request",
      `Job variables for a flow run in state ${run.state.type} cannot be updated`,
    );
  }
  if (run.deployment_id === null) {
    throw new Refusal("bad_request", "A deployment for the flow run could not be found");
  }
}

/** Lays labels over those of the run; the new ones win. @throws Refusal object_not_found */
export async function updateFlowRunLabels(
  { store, now }: CommandContext,
  caller: Caller,
  id: FlowRunId,
  labels: Labels,
): Promise<void> {
  await store.transaction(async (tx) => {
    const run = await tx.flowRuns.read(caller.workspace_id, id);
    if (!run) throw objectNotFound(`Flow run with id ${id} not found`);
    const changes = {
      labels: { ...run.labels, ...labels },
      updated: now(),
      updated_by: storedActor(caller),
    };
    await tx.flowRuns.update(caller.workspace_id, id, changes);
  });
}
