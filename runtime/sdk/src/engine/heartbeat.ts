/** Signs of life of a running flow, by which a run whose process died can be found. */
import { formatTimestamp, newId, PREFECT_VERSION } from "@sluice/schemas";
import { now } from "../clock.ts";
import type { FlowRun } from "../flow-run.ts";
import { sdkSettings } from "../sdk-settings.ts";
import type { Transport } from "../transport/transport.ts";
import { resource, tagResource } from "./related-resources.ts";

/** More often than this servers needn't hear. */
const LEAST_SECONDS = 30;

/** Sends `prefect.flow-run.heartbeat` now and every while until it is stopped; never keeps the process alive. */
export function startHeartbeat(transport: Transport, flowRun: FlowRun, flowName: string): { stop(): void } {
  const seconds = Math.max(LEAST_SECONDS, sdkSettings().flowsHeartbeatFrequencySeconds);
  const related = [
    resource("flow", flowRun.flowId, flowName),
    ...(flowRun.deploymentId === null ? [] : [resource("deployment", flowRun.deploymentId, null)]),
    ...flowRun.tags.toSorted().map(tagResource),
  ];
  const beat = () =>
    transport.emitEvent({
      id: newId(),
      occurred: formatTimestamp(now()),
      event: "prefect.flow-run.heartbeat",
      resource: {
        "prefect.resource.id": `prefect.flow-run.${flowRun.id}`,
        "prefect.resource.name": flowRun.name,
        "prefect.version": PREFECT_VERSION,
      },
      related,
      payload: {},
    });
  beat();
  const timer = setInterval(beat, seconds * 1000);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
