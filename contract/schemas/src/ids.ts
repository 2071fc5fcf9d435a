/** Ids: UUIDs, branded by what they name, so that a task run's id can't be passed where a flow run's is meant. */
import { v4, v7 } from "uuid";
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";

declare const idBrand: unique symbol;

/** A lower-case UUID string that names a thing of one kind. */
export type Id<Kind extends string> = string & { readonly [idBrand]: Kind };

export type WorkspaceId = Id<"workspace">;
export type FlowId = Id<"flow">;
export type FlowRunId = Id<"flow-run">;
export type TaskRunId = Id<"task-run">;
export type StateId = Id<"state">;
export type DeploymentId = Id<"deployment">;
export type DeploymentScheduleId = Id<"deployment-schedule">;
export type WorkPoolId = Id<"work-pool">;
export type WorkQueueId = Id<"work-queue">;
export type WorkerId = Id<"worker">;
export type EventId = Id<"event">;
export type LogId = Id<"log">;
export type ArtifactId = Id<"artifact">;
export type ArtifactCollectionId = Id<"artifact-collection">;
export type LeaseId = Id<"lease">;
export type ConcurrencyLimitId = Id<"concurrency-limit">;
export type BlockTypeId = Id<"block-type">;
export type BlockSchemaId = Id<"block-schema">;
export type BlockDocumentId = Id<"block-document">;
export type RunInputId = Id<"run-input">;
export type VariableId = Id<"variable">;
export type SavedSearchId = Id<"saved-search">;
export type CsrfTokenId = Id<"csrf-token">;
/** A person, a service or an automation: whatever an actor's `id` names. */
export type ActorId = Id<"actor">;

/** The workspace of `/api/...` without an account and workspace in the path. */
export const DEFAULT_WORKSPACE_ID = "00000000-0000-4000-8000-000000000001" as WorkspaceId;

/** A fresh time-ordered id (UUIDv7): rows made together sit together, which doubles SQLite's write rate. */
export function newId<Kind extends string>(): Id<Kind> {
  return v7() as Id<Kind>;
}

/** A fresh random id (UUIDv4), for secrets-like handles that must not reveal when they were made. */
export function newRandomId<Kind extends string>(): Id<Kind> {
  return v4() as Id<Kind>;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** True for any UUID, whatever its version or letter case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A UUID of one kind in a request: any version, any letter case, made lower-case and hyphenated. */
export function idSchema<Kind extends string>() {
  return z
    .string()
    .transform((value, context): Id<Kind> => {
      if (!isUuid(value)) {
        context.addIssue({
          code: "custom",
          message: "Input should be a valid UUID",
          params: { type: "uuid_parsing" },
        });
        return z.NEVER;
      }
      return normalizeUuid(value) as Id<Kind>;
    })
    .meta(documentedAs({ type: "string", format: "uuid" }));
}

/** A UUID in a response. */
export const idOutput = z.string().meta(documentedAs({ type: "string", format: "uuid" }));

function normalizeUuid(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === 36) return lower;
  return `${lower.slice(0, 8)}-${lower.slice(8, 12)}-${lower.slice(12, 16)}-${lower.slice(16, 20)}-${lower.slice(20)}`;
}
