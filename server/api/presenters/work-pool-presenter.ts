import { formatTimestamp, hasPoolStatus } from "@sluice/schemas";
import { knowsResultStorageOfPools } from "../../access/client-versions.ts";
import type { WorkPool } from "../../store/work-pools.ts";

export interface WorkPoolPresentation {
  /** Runs that hold a slot; shown when the pool has a limit. */
  readonly activeSlots: number;
  /** Of the client that asked: old ones stumble over a field they don't know. */
  readonly clientVersion: string | null;
}

export function presentWorkPool(pool: WorkPool, { activeSlots, clientVersion }: WorkPoolPresentation) {
  const { default_result_storage_block_id, ...steps } = pool.storage_configuration;
  return {
    id: pool.id,
    created: formatTimestamp(pool.created),
    updated: formatTimestamp(pool.updated),
    name: pool.name,
    description: pool.description,
    type: pool.type,
    base_job_template: pool.base_job_template,
    is_paused: pool.is_paused,
    concurrency_limit: pool.concurrency_limit,
    status: hasPoolStatus(pool) ? pool.status : null,
    default_queue_id: pool.default_queue_id,
    storage_configuration: {
      ...steps,
      ...(knowsResultStorageOfPools(clientVersion) && { default_result_storage_block_id }),
    },
    active_slots: pool.concurrency_limit === null ? null : activeSlots,
  };
}
