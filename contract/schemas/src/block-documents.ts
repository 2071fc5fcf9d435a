/** Block documents: named configuration, secrets included, that flows load (protocol section 9.1). */
import { z } from "zod";
import { blockSchemaResponse } from "./block-schemas.ts";
import { blockTypeResponse } from "./block-types.ts";
import { documentedAs } from "./documented-as.ts";
import { jsonObject, orNull, pathName } from "./fields.ts";
import { idOutput, idSchema } from "./ids.ts";
import { timestampOutput } from "./timestamps.ts";

const blockDocumentName = pathName
  .refine((name) => /^[a-z0-9-]*$/.test(name), {
    message: "Block document name must only contain lowercase letters, numbers, and dashes.",
  })
  .meta(documentedAs({ type: "string", pattern: "^[^/%&><]+$" }));

/** `POST /block_documents/`. Only an anonymous document may go without a name. */
export const blockDocumentCreate = z
  .strictObject({
    name: orNull(blockDocumentName),
    data: jsonObject().default({}),
    block_schema_id: idSchema<"block-schema">(),
    block_type_id: idSchema<"block-type">(),
    is_anonymous: z.boolean().default(false),
  })
  .check(({ value, issues }) => {
    if (value.name !== null || value.is_anonymous) return;
    issues.push({
      code: "custom",
      path: [],
      input: value,
      message: "Names must be provided for block documents.",
    });
  })
  .meta({ id: "BlockDocumentCreate" });
export type BlockDocumentCreate = z.output<typeof blockDocumentCreate>;

/** `PATCH /block_documents/{id}`. */
export const blockDocumentUpdate = z
  .strictObject({
    /** Must be of the same type as the document's. Without data in the request it changes nothing. */
    block_schema_id: idSchema<"block-schema">().nullable().optional(),
    data: jsonObject().optional(),
    /** True: keys of the top level that are not sent stay; false: the data is replaced, by nothing if absent. */
    merge_existing_data: z.boolean().default(true),
  })
  .meta({ id: "BlockDocumentUpdate" });
export type BlockDocumentUpdate = z.output<typeof blockDocumentUpdate>;

export const blockDocumentResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: pathName.nullable(),
    /** With the data of referenced documents inlined under their names; secrets masked unless asked for. */
    data: jsonObject(),
    block_schema_id: idOutput,
    block_schema: blockSchemaResponse.nullable(),
    block_type_id: idOutput,
    block_type_name: z.string().nullable(),
    block_type: blockTypeResponse.nullable(),
    /** Which documents stand under which names. */
    block_document_references: z.record(z.string(), jsonObject()),
    is_anonymous: z.boolean(),
  })
  .meta({ id: "BlockDocument" });
export type BlockDocumentResponse = z.output<typeof blockDocumentResponse>;
