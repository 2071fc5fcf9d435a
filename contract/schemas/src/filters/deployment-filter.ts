/** Which deployments. */
import { z } from "zod";
import { integer } from "../fields.ts";
import { flag, ids, like, operatorField, strings } from "./criteria.ts";

export const deploymentFilter = z
  .strictObject({
    operator: operatorField,
    id: z
      .strictObject({ any_: ids<"deployment">(), not_any_: ids<"deployment">() })
      .meta({ id: "DeploymentFilterId" })
      .nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "DeploymentFilterName" }).nullish(),
    flow_or_deployment_name: z
      .strictObject({ like_: like })
      .meta({ id: "DeploymentOrFlowNameFilter" })
      .nullish(),
    paused: z.strictObject({ eq_: flag }).meta({ id: "DeploymentFilterPaused" }).nullish(),
    tags: z
      .strictObject({ operator: operatorField, all_: strings, any_: strings, is_null_: flag })
      .meta({ id: "DeploymentFilterTags" })
      .nullish(),
    work_queue_name: z
      .strictObject({ any_: strings })
      .meta({ id: "DeploymentFilterWorkQueueName" })
      .nullish(),
    concurrency_limit: z
      .strictObject({ ge_: integer.nullish(), le_: integer.nullish(), is_null_: flag })
      .meta({ id: "DeploymentFilterConcurrencyLimit" })
      .nullish()
      .meta({ deprecated: true }),
  })
  .meta({ id: "DeploymentFilter" });
export type DeploymentFilter = z.output<typeof deploymentFilter>;
