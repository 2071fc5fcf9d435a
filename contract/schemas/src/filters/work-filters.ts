/** Which work pools, which of their queues and which of their workers. */
import { z } from "zod";
import { workerStatus } from "../workers.ts";
import { ids, momentRange, operatorField, strings } from "./criteria.ts";

export const workPoolFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"work-pool">() }).meta({ id: "WorkPoolFilterId" }).nullish(),
    name: z.strictObject({ any_: strings }).meta({ id: "WorkPoolFilterName" }).nullish(),
    type: z.strictObject({ any_: strings }).meta({ id: "WorkPoolFilterType" }).nullish(),
  })
  .meta({ id: "WorkPoolFilter" });
export type WorkPoolFilter = z.output<typeof workPoolFilter>;

export const workQueueFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"work-queue">() }).meta({ id: "WorkQueueFilterId" }).nullish(),
    name: z
      .strictObject({ any_: strings, startswith_: strings })
      .meta({ id: "WorkQueueFilterName" })
      .nullish(),
  })
  .meta({ id: "WorkQueueFilter" });
export type WorkQueueFilter = z.output<typeof workQueueFilter>;

const workerStatuses = z.array(workerStatus).nullish();

/** Which workers of a pool. */
export const workerFilter = z
  .strictObject({
    operator: operatorField,
    last_heartbeat_time: z.strictObject(momentRange).meta({ id: "WorkerFilterLastHeartbeatTime" }).nullish(),
    status: z
      .strictObject({ any_: workerStatuses, not_any_: workerStatuses })
      .meta({ id: "WorkerFilterStatus" })
      .nullish(),
  })
  .meta({ id: "WorkerFilter" });
export type WorkerFilter = z.output<typeof workerFilter>;
