/** Making, changing and deleting artifacts, and with them which one is the newest of its key (protocol section 9.3). */
import {
  type ArtifactCollection,
  type ArtifactCreate,
  type ArtifactId,
  type ArtifactUpdate,
  newId,
  type RelatedResource,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { Artifact, LatestArtifact } from "../store/artifacts.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import { type LifecycleAction, lifecycleEvent } from "./lifecycle-event.ts";

export async function createArtifact(
  { store, now }: CommandContext,
  caller: Caller,
  body: ArtifactCreate,
): Promise<Artifact> {
  const moment = now();
  const artifact: Artifact = {
    ...body,
    data: body.data ?? null,
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
  };
  await store.transaction(async (tx) => {
    await tx.artifacts.create(artifact);
    if (artifact.key === null) return;
    const newCollectionId = newId<"artifact-collection">();
    const id = await tx.artifacts.putLatest(newCollectionId, latestOf(artifact, artifact.key));
    const action = id === newCollectionId ? "created" : "updated";
    await tellOfCollection(
      tx,
      action,
      { ...artifact, id, key: artifact.key, latest_id: artifact.id },
      moment,
    );
  });
  return artifact;
}

/** A change of the newest artifact of a key shows in its collection, but is no event of it. @throws Refusal not_found */
export async function updateArtifact(
  { store, now }: CommandContext,
  caller: Caller,
  id: ArtifactId,
  body: ArtifactUpdate,
): Promise<void> {
  const changes = { ...body, updated: now(), updated_by: storedActor(caller) };
  const isThere = await store.transaction((tx) => tx.artifacts.update(caller.workspace_id, id, changes));
  if (!isThere) throw artifactNotFound();
}

/** In the place of the newest artifact of a key comes the one made before it, if there is one. @throws Refusal not_found */
export async function deleteArtifact(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  id: ArtifactId,
): Promise<void> {
  await store.transaction(async (tx) => {
    const artifact = await tx.artifacts.read(workspace_id, id);
    if (!artifact) throw artifactNotFound();
    const { key } = artifact;
    const collection = key === null ? null : await tx.artifacts.lockCollection(workspace_id, key);
    if (!(await tx.artifacts.delete(workspace_id, id))) throw artifactNotFound();
    if (collection?.latest_id !== id) return;
    const next = await newestOf(tx, workspace_id, collection.key);
    if (next === null) {
      await tx.artifacts.deleteCollection(collection.id);
      await tellOfCollection(tx, "deleted", collection, now());
    } else {
      const latest = latestOf(next, collection.key);
      await tx.artifacts.replaceLatest(collection.id, latest);
      await tellOfCollection(tx, "updated", { ...next, ...latest, id: collection.id }, now());
    }
  });
}

export function artifactNotFound(): Refusal {
  return new Refusal("not_found", "Artifact not found.");
}

function latestOf({ workspace_id, id, created, updated }: Artifact, key: string): LatestArtifact {
  return { workspace_id, key, latest_id: id, created, updated };
}

async function newestOf(
  tx: StoreTransaction,
  workspaceId: WorkspaceId,
  key: string,
): Promise<Artifact | null> {
  const query = { filter: { key: { any_: [key] } }, filters: {}, limit: 1, offset: 0 };
  const [newest] = await tx.artifacts.list(workspaceId, { ...query, sort: "CREATED_DESC" });
  return newest ?? null;
}

async function tellOfCollection(
  tx: StoreTransaction,
  action: LifecycleAction,
  collection: ArtifactCollection & { readonly workspace_id: WorkspaceId },
  moment: Timestamp,
): Promise<void> {
  const { workspace_id, id, key, type, data, description } = collection;
  const fact = {
    workspace_id,
    kind: "artifact-collection",
    id,
    name: key,
    payload: { key, type, data, description },
    related: relatedOf(collection),
  };
  await tx.outbox.append([lifecycleEvent(action, fact, moment)]);
}

function relatedOf({ latest_id, flow_run_id, task_run_id }: ArtifactCollection): RelatedResource[] {
  const related = (role: string, kind: string, id: string) => ({
    "prefect.resource.id": `prefect.${kind}.${id}`,
    "prefect.resource.role": role,
  });
  return [
    related("latest", "artifact", latest_id),
    ...(flow_run_id === null ? [] : [related("flow-run", "flow-run", flow_run_id)]),
    ...(task_run_id === null ? [] : [related("task-run", "task-run", task_run_id)]),
  ];
}
