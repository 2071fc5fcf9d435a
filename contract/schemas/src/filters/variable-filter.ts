/** Which variables. */
import { z } from "zod";
import { flag, ids, like, operatorField, strings } from "./criteria.ts";

export const variableFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"variable">() }).meta({ id: "VariableFilterId" }).nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "VariableFilterName" }).nullish(),
    tags: z
      .strictObject({ operator: operatorField, all_: strings, is_null_: flag })
      .meta({ id: "VariableFilterTags" })
      .nullish(),
  })
  .meta({ id: "VariableFilter" });
export type VariableFilter = z.output<typeof variableFilter>;
