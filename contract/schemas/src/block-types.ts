/** Block types: what kinds of configuration there are (protocol section 9.1). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { orNull, pathName } from "./fields.ts";
import { type BlockTypeId, idOutput } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export interface BlockType {
  readonly id: BlockTypeId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly name: string;
  /** Unique in its workspace. */
  readonly slug: string;
  readonly logo_url: string | null;
  readonly documentation_url: string | null;
  readonly description: string | null;
  readonly code_example: string | null;
  /** True for types of the server's own, which can't be deleted. */
  readonly is_protected: boolean;
}

const blockTypeSlug = z
  .string()
  .refine((slug) => /^[a-z0-9-]*$/.test(slug), {
    message: "Block type slug must only contain lowercase letters, numbers, and dashes.",
  })
  .meta(documentedAs({ type: "string" }));

/** `POST /block_types/`. */
export const blockTypeCreate = z
  .strictObject({
    name: pathName,
    slug: blockTypeSlug,
    logo_url: orNull(z.string()),
    documentation_url: orNull(z.string()),
    description: orNull(z.string()),
    code_example: orNull(z.string()),
  })
  .meta({ id: "BlockTypeCreate" });
export type BlockTypeCreate = z.output<typeof blockTypeCreate>;

/** `PATCH /block_types/{id}`: only keys that are present are written. */
export const blockTypeUpdate = z
  .strictObject({
    logo_url: z.string().nullable().optional(),
    documentation_url: z.string().nullable().optional(),
    description: z.string().nullable().optional(),
    code_example: z.string().nullable().optional(),
  })
  .meta({ id: "BlockTypeUpdate" });
export type BlockTypeUpdate = z.output<typeof blockTypeUpdate>;

export const blockTypeResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: pathName,
    slug: z.string(),
    logo_url: z.string().nullable(),
    documentation_url: z.string().nullable(),
    description: z.string().nullable(),
    code_example: z.string().nullable(),
    is_protected: z.boolean(),
  })
  .meta({ id: "BlockType" });
export type BlockTypeResponse = z.output<typeof blockTypeResponse>;
