/** Events of things that are made, changed and deleted: `prefect.<kind>.created`, … (protocol section 7.3). */
import {
  type JsonObject,
  newId,
  type RelatedResource,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { StoredEvent } from "../store/events.ts";

export type LifecycleAction = "created" | "updated" | "deleted";

export interface LifecycleFact {
  readonly workspace_id: WorkspaceId;
  /** Of the event's name and of the resource's id, e.g. `variable`. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** What a listener needs to know without asking for the thing. */
  readonly payload: JsonObject;
  /** None when absent. */
  readonly related?: readonly RelatedResource[];
}

/** The event of a fact, for the outbox of the transaction that makes it one. */
export function lifecycleEvent(
  action: LifecycleAction,
  { workspace_id, kind, id, name, payload, related = [] }: LifecycleFact,
  moment: Timestamp,
): StoredEvent {
  return {
    id: newId(),
    workspace_id,
    occurred: moment,
    received: moment,
    event: `prefect.${kind}.${action}`,
    resource: { "prefect.resource.id": `prefect.${kind}.${id}`, "prefect.resource.name": name },
    related,
    payload,
    follows: null,
  };
}
