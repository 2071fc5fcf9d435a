/** Every route of the API. */
import type { Route } from "../edge/route.ts";
import type { ApiServices } from "../services.ts";
import { adminRoutes } from "./admin-routes.ts";
import { artifactRoutes } from "./artifact-routes.ts";
import { blockDocumentRoutes } from "./block-document-routes.ts";
import { blockSchemaRoutes } from "./block-schema-routes.ts";
import { blockTypeRoutes } from "./block-type-routes.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { concurrencyLeaseRoutes } from "./concurrency-lease-routes.ts";
import { concurrencyLimitRoutes } from "./concurrency-limit-routes.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { deploymentRunRoutes } from "./deployment-run-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { flowRoutes } from "./flow-routes.ts";
import { flowRunGraphRoutes } from "./flow-run-graph-routes.ts";
import { flowRunListRoutes } from "./flow-run-list-routes.ts";
import { flowRunRoutes } from "./flow-run-routes.ts";
import { logRoutes } from "./log-routes.ts";
import { rootRoutes } from "./root-routes.ts";
import { runInputRoutes } from "./run-input-routes.ts";
import { runStateRoutes } from "./run-state-routes.ts";
import { savedSearchRoutes } from "./saved-search-routes.ts";
import { tagLimitRoutes } from "./tag-limit-routes.ts";
import { taskRunRoutes } from "./task-run-routes.ts";
import { taskWorkerRoutes } from "./task-worker-routes.ts";
import { uiRoutes } from "./ui-routes.ts";
import { variableRoutes } from "./variable-routes.ts";
import { poolQueueRoutes } from "./pool-queue-routes.ts";
import { workPoolRoutes } from "./work-pool-routes.ts";
import { workQueueRoutes } from "./work-queue-routes.ts";
import { workerRoutes } from "./worker-routes.ts";

export function allRoutes(services: ApiServices): Route[] {
  return [
    ...rootRoutes(services),
    ...adminRoutes(services),
    ...flowRoutes(services),
    ...flowRunRoutes(services),
    ...flowRunListRoutes(services),
    ...flowRunGraphRoutes(services),
    ...runInputRoutes(services),
    ...runStateRoutes(services),
    ...taskRunRoutes(services),
    ...taskWorkerRoutes(services),
    ...deploymentRoutes(services),
    ...deploymentRunRoutes(services),
    ...logRoutes(services),
    ...eventRoutes(services),
    ...artifactRoutes(services),
    ...concurrencyLimitRoutes(services),
    ...blockTypeRoutes(services),
    ...blockSchemaRoutes(services),
    ...blockDocumentRoutes(services),
    ...concurrencyLeaseRoutes(services),
    ...tagLimitRoutes(services),
    ...variableRoutes(services),
    ...savedSearchRoutes(services),
    ...workPoolRoutes(services),
    ...poolQueueRoutes(services),
    ...workQueueRoutes(services),
    ...workerRoutes(services),
    ...collectionRoutes(),
    ...uiRoutes(services),
  ];
}
