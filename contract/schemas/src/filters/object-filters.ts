/** The cross-object filters of list routes: all must hold, each for the row itself or for a row related to it. */
import { omittable } from "../request-fields.ts";
import { deploymentFilter } from "./deployment-filter.ts";
import { flowFilter } from "./flow-filter.ts";
import { flowRunFilter } from "./flow-run-filter.ts";
import { taskRunFilter } from "./task-run-filter.ts";
import { workPoolFilter, workQueueFilter } from "./work-filters.ts";

/** The four that every list takes, as routes take them that document no null (they accept it all the same). */
export const objectFilters = {
  flows: omittable(flowFilter),
  flow_runs: omittable(flowRunFilter),
  task_runs: omittable(taskRunFilter),
  deployments: omittable(deploymentFilter),
};

export const objectAndPoolFilters = { ...objectFilters, work_pools: omittable(workPoolFilter) };

/** The same four as routes take them that document null. */
export const nullableObjectFilters = {
  flows: flowFilter.nullish(),
  flow_runs: flowRunFilter.nullish(),
  task_runs: taskRunFilter.nullish(),
  deployments: deploymentFilter.nullish(),
};

export const nullableObjectAndPoolFilters = {
  ...nullableObjectFilters,
  work_pools: workPoolFilter.nullish(),
};

/** What flow-run lists take. */
export const flowRunListFilters = {
  ...nullableObjectAndPoolFilters,
  work_pool_queues: workQueueFilter.nullish(),
};
