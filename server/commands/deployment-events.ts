/** The events of deployments (protocol section 7.3). */
import { type JsonObject, newId, type RelatedResource, type Timestamp } from "@sluice/schemas";
import type { Deployment } from "../store/deployments.ts";
import type { StoredEvent } from "../store/events.ts";

export type DeploymentEventVerb = "created" | "updated" | "deleted" | "ready" | "not-ready";

/** @param payload of an update: what has changed */
export function deploymentEvent(
  verb: DeploymentEventVerb,
  deployment: Deployment,
  moment: Timestamp,
  payload: JsonObject = {},
): StoredEvent {
  return {
    id: newId(),
    workspace_id: deployment.workspace_id,
    occurred: moment,
    received: moment,
    event: `prefect.deployment.${verb}`,
    resource: {
      "prefect.resource.id": `prefect.deployment.${deployment.id}`,
      "prefect.resource.name": deployment.name,
    },
    related: relatedResources(deployment),
    payload,
    follows: null,
  };
}

function relatedResources(deployment: Deployment): RelatedResource[] {
  const { flow, work_queue, work_pool, storage_document_id, infrastructure_document_id } = deployment;
  const related: RelatedResource[] = [named("flow", flow)];
  if (work_queue) related.push(named("work-queue", work_queue));
  if (work_pool) related.push({ ...named("work-pool", work_pool), "prefect.work-pool.type": work_pool.type });
  if (storage_document_id) related.push(nameless("block-document", storage_document_id, "storage"));
  if (infrastructure_document_id) {
    related.push(nameless("block-document", infrastructure_document_id, "infrastructure"));
  }
  if (deployment.concurrency_limit_id) {
    related.push(nameless("concurrency-limit", deployment.concurrency_limit_id, "concurrency-limit"));
  }
  return related;
}

function named(kind: string, { id, name }: { readonly id: string; readonly name: string }): RelatedResource {
  return { ...nameless(kind, id, kind), "prefect.resource.name": name };
}

function nameless(kind: string, id: string, role: string): RelatedResource {
  return { "prefect.resource.id": `prefect.${kind}.${id}`, "prefect.resource.role": role };
}
