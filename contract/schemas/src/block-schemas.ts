/** Block schemas: which fields the documents of a block type have, version by version (protocol section 9.1). */
import { z } from "zod";
import { blockTypeResponse } from "./block-types.ts";
import { type JsonObject, jsonObject } from "./fields.ts";
import { type BlockSchemaId, type BlockTypeId, idOutput, idSchema } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

/** The version of schemas whose author states none. */
export const DEFAULT_BLOCK_SCHEMA_VERSION = "non-versioned";

export interface BlockSchema {
  readonly id: BlockSchemaId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** `sha256:` and 64 hexadecimal digits; unique in its workspace together with the version. */
  readonly checksum: string;
  /** A JSON schema; numbers that JavaScript would spell otherwise are raw. */
  readonly fields: JsonObject;
  readonly block_type_id: BlockTypeId;
  /** What its documents can do, e.g. `write-path`, `notify`. */
  readonly capabilities: readonly string[];
  readonly version: string;
}

/** `POST /block_schemas/`. */
export const blockSchemaCreate = z
  .strictObject({
    fields: jsonObject().default({}),
    block_type_id: idSchema<"block-type">(),
    capabilities: z.array(z.string()).default([]),
    version: z.string().default(DEFAULT_BLOCK_SCHEMA_VERSION),
  })
  .meta({ id: "BlockSchemaCreate" });
export type BlockSchemaCreate = z.output<typeof blockSchemaCreate>;

export const blockSchemaResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    checksum: z.string(),
    fields: jsonObject(),
    block_type_id: idOutput.nullable(),
    block_type: blockTypeResponse.nullable(),
    capabilities: z.array(z.string()),
    version: z.string(),
  })
  .meta({ id: "BlockSchema" });
export type BlockSchemaResponse = z.output<typeof blockSchemaResponse>;
