/** Making, changing and deleting variables; each writes its event with it (protocol sections 7.3 and 9.2). */
import { newId, type VariableCreate, type VariableId, type VariableUpdate } from "@sluice/schemas";
import { StoreConflictError } from "../store/errors.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Variable } from "../store/variables.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, refuseNulls } from "./errors.ts";
import { type LifecycleFact, lifecycleEvent } from "./lifecycle-event.ts";

/** A variable by either of its two handles. */
export type VariableReference = { readonly id: VariableId } | { readonly name: string };

/** @throws Refusal conflict when the name is taken */
export async function createVariable(
  { store, now }: CommandContext,
  caller: Caller,
  body: VariableCreate,
): Promise<Variable> {
  const moment = now();
  const variable: Variable = {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    name: body.name,
    value: body.value,
    tags: body.tags,
    created_by: storedActor(caller),
    updated_by: null,
  };
  try {
    await store.transaction(async (tx) => {
      await tx.variables.create(variable);
      await tx.outbox.append([lifecycleEvent("created", variableFact(variable), moment)]);
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", `A variable with the name '${body.name}' already exists.`);
  }
  return variable;
}

/**
 * @throws Refusal not_found
 * @throws StoreConflictError when the new name is taken
 */
export async function updateVariable(
  { store, now }: CommandContext,
  caller: Caller,
  reference: VariableReference,
  body: VariableUpdate,
): Promise<void> {
  await store.transaction(async (tx) => {
    const id = await idOf(tx, caller, reference);
    const changes = refuseNulls(body, ["name", "tags"]);
    const moment = now();
    const variable = await tx.variables.update(caller.workspace_id, id, {
      ...changes,
      updated: moment,
      updated_by: storedActor(caller),
    });
    if (!variable) throw variableNotFound();
    await tx.outbox.append([lifecycleEvent("updated", variableFact(variable), moment)]);
  });
}

/** @throws Refusal not_found */
export async function deleteVariable(
  { store, now }: CommandContext,
  caller: Caller,
  reference: VariableReference,
): Promise<void> {
  await store.transaction(async (tx) => {
    const id = await idOf(tx, caller, reference);
    const variable = await tx.variables.delete(caller.workspace_id, id);
    if (!variable) throw variableNotFound();
    await tx.outbox.append([lifecycleEvent("deleted", variableFact(variable), now())]);
  });
}

export function variableNotFound(): Refusal {
  return new Refusal("not_found", "Variable not found.");
}

async function idOf(
  tx: Pick<StoreTransaction, "variables">,
  { workspace_id }: Caller,
  reference: VariableReference,
): Promise<VariableId> {
  const variable = await ("id" in reference
    ? tx.variables.read(workspace_id, reference.id)
    : tx.variables.readByName(workspace_id, reference.name));
  if (!variable) throw variableNotFound();
  return variable.id;
}

function variableFact({ workspace_id, id, name, value, tags }: Variable): LifecycleFact {
  return { workspace_id, kind: "variable", id, name, payload: { name, value, tags } };
}
