/** Which work pools and which of their queues. */
import { z } from "zod";
import { ids, operatorField, strings } from "./criteria.ts";

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
