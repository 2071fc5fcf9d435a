/** Which flows. */
import { z } from "zod";
import { flag, ids, like, operatorField, strings } from "./criteria.ts";

export const flowFilter = z
  .strictObject({
    operator: operatorField,
    id: z
      .strictObject({ any_: ids<"flow">(), not_any_: ids<"flow">() })
      .meta({ id: "FlowFilterId" })
      .nullish(),
    /** `is_null_` true: has no deployment. */
    deployment: z
      .strictObject({ operator: operatorField, is_null_: flag })
      .meta({ id: "FlowFilterDeployment" })
      .nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "FlowFilterName" }).nullish(),
    tags: z
      .strictObject({ operator: operatorField, all_: strings, is_null_: flag })
      .meta({ id: "FlowFilterTags" })
      .nullish(),
  })
  .meta({ id: "FlowFilter" });
export type FlowFilter = z.output<typeof flowFilter>;
