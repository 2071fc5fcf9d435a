/** Which block types, schemas and documents. */
import { z } from "zod";
import { flag, ids, like, operatorField, strings } from "./criteria.ts";

/** Its criteria are ANDed. */
export const blockTypeFilter = z
  .strictObject({
    name: z.strictObject({ like_: like }).meta({ id: "BlockTypeFilterName" }).nullish(),
    slug: z.strictObject({ any_: strings }).meta({ id: "BlockTypeFilterSlug" }).nullish(),
  })
  .meta({ id: "BlockTypeFilter" });
export type BlockTypeFilter = z.output<typeof blockTypeFilter>;

export const blockSchemaFilter = z
  .strictObject({
    operator: operatorField,
    block_type_id: z
      .strictObject({ any_: ids<"block-type">() })
      .meta({ id: "BlockSchemaFilterBlockTypeId" })
      .nullish(),
    block_capabilities: z
      .strictObject({ all_: strings })
      .meta({ id: "BlockSchemaFilterCapabilities" })
      .nullish(),
    id: z.strictObject({ any_: ids<"block-schema">() }).meta({ id: "BlockSchemaFilterId" }).nullish(),
    version: z.strictObject({ any_: strings }).meta({ id: "BlockSchemaFilterVersion" }).nullish(),
  })
  .meta({ id: "BlockSchemaFilter" });
export type BlockSchemaFilter = z.output<typeof blockSchemaFilter>;

export const blockDocumentFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"block-document">() }).meta({ id: "BlockDocumentFilterId" }).nullish(),
    /** Anonymous documents are left out unless this is null. */
    is_anonymous: z
      .strictObject({ eq_: flag })
      .meta({ id: "BlockDocumentFilterIsAnonymous" })
      .nullable()
      .default({ eq_: false }),
    block_type_id: z
      .strictObject({ any_: ids<"block-type">() })
      .meta({ id: "BlockDocumentFilterBlockTypeId" })
      .nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "BlockDocumentFilterName" }).nullish(),
  })
  .meta({ id: "BlockDocumentFilter" });
export type BlockDocumentFilter = z.output<typeof blockDocumentFilter>;
