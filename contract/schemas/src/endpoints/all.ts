/** Every endpoint of the contract. */
import type { Endpoint } from "../endpoint.ts";
import { adminEndpoints } from "./admin.ts";
import { artifactEndpoints } from "./artifacts.ts";
import { blockDocumentEndpoints } from "./block-documents.ts";
import { blockSchemaEndpoints } from "./block-schemas.ts";
import { blockTypeEndpoints } from "./block-types.ts";
import { collectionEndpoints } from "./collections.ts";
import { concurrencyLeaseEndpoints } from "./concurrency-leases.ts";
import { concurrencyLimitEndpoints } from "./concurrency-limits.ts";
import { deploymentRunEndpoints } from "./deployment-runs.ts";
import { deploymentEndpoints } from "./deployments.ts";
import { eventEndpoints } from "./events.ts";
import { flowRunInputEndpoints } from "./flow-run-inputs.ts";
import { flowRunEndpoints } from "./flow-runs.ts";
import { flowEndpoints } from "./flows.ts";
import { logEndpoints } from "./logs.ts";
import { rootEndpoints } from "./root.ts";
import { flowRunStateEndpoints, taskRunStateEndpoints } from "./run-states.ts";
import { savedSearchEndpoints } from "./saved-searches.ts";
import { tagLimitEndpoints } from "./tag-limits.ts";
import { taskRunEndpoints } from "./task-runs.ts";
import { taskWorkerEndpoints } from "./task-workers.ts";
import { uiEndpoints } from "./ui.ts";
import { variableEndpoints } from "./variables.ts";
import { workPoolEndpoints } from "./work-pools.ts";
import { workQueueEndpoints } from "./work-queues.ts";
import { workerEndpoints } from "./workers.ts";

/** Endpoints by the name of their operation. */
export const endpoints = {
  ...rootEndpoints,
  ...adminEndpoints,
  ...flowEndpoints,
  ...flowRunEndpoints,
  ...flowRunInputEndpoints,
  ...flowRunStateEndpoints,
  ...taskRunEndpoints,
  ...taskRunStateEndpoints,
  ...taskWorkerEndpoints,
  ...deploymentEndpoints,
  ...deploymentRunEndpoints,
  ...logEndpoints,
  ...eventEndpoints,
  ...artifactEndpoints,
  ...concurrencyLimitEndpoints,
  ...blockTypeEndpoints,
  ...blockSchemaEndpoints,
  ...blockDocumentEndpoints,
  ...concurrencyLeaseEndpoints,
  ...tagLimitEndpoints,
  ...variableEndpoints,
  ...savedSearchEndpoints,
  ...workPoolEndpoints,
  ...workQueueEndpoints,
  ...workerEndpoints,
  ...collectionEndpoints,
  ...uiEndpoints,
};

export const endpointList: readonly Endpoint[] = Object.values(endpoints);
