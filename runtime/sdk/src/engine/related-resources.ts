/** What the events of a run are about, beside the run itself. */
import type { FlowRun } from "../flow-run.ts";
import type { EventLabels } from "../transport/wire.ts";

/** A flow run, its flow, deployment, work queue, work pool and tags, as related resources of events. */
export function flowRunRelated(
  flowRun: FlowRun,
  flowName: string,
  deploymentName: string | null,
): EventLabels[] {
  return [
    resource("flow-run", flowRun.id, flowRun.name),
    resource("flow", flowRun.flowId, flowName),
    ...(flowRun.deploymentId === null ? [] : [resource("deployment", flowRun.deploymentId, deploymentName)]),
    ...(flowRun.workQueueId === null
      ? []
      : [resource("work-queue", flowRun.workQueueId, flowRun.workQueueName)]),
    ...(flowRun.workPoolId === null ? [] : [resource("work-pool", flowRun.workPoolId, flowRun.workPoolName)]),
    ...flowRun.tags.toSorted().map(tagResource),
  ];
}

/** Tags of a task run before what its flow run gives, each thing once. */
export function taskRunRelated(tags: readonly string[], flowRelated: EventLabels[]): EventLabels[] {
  if (tags.length === 0) return flowRelated;
  return withoutRepeats([...tags.toSorted().map(tagResource), ...flowRelated]);
}

export function tagResource(tag: string): EventLabels {
  return { "prefect.resource.id": `prefect.tag.${tag}`, "prefect.resource.role": "tag" };
}

export function resource(kind: string, id: string, name: string | null): EventLabels {
  return {
    "prefect.resource.id": `prefect.${kind}.${id}`,
    "prefect.resource.role": kind,
    ...(name === null ? {} : { "prefect.resource.name": name }),
  };
}

/** The first of each resource. */
export function withoutRepeats(resources: readonly EventLabels[]): EventLabels[] {
  const seen = new Set<string | undefined>();
  return resources.filter((labels) => {
    const id = labels["prefect.resource.id"];
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
