/** Endpoints of block schemas and their capabilities. */
import { z } from "zod";
import { blockSchemaCreate, blockSchemaResponse } from "../block-schemas.ts";
import { endpoint } from "../endpoint.ts";
import { blockSchemaFilter } from "../filters/block-filters.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField } from "../request-fields.ts";

const tag = "Block schemas";
const params = idParam<"block-schema">();

export const blockSchemaEndpoints = {
  createBlockSchema: endpoint({
    operationId: "createBlockSchema",
    method: "POST",
    path: "/block_schemas/",
    tag,
    summary: "Create a block schema, and those nested in it; 200 when its checksum and version are there",
    body: blockSchemaCreate,
    exactNumbers: true,
    statuses: [201, 200],
    response: blockSchemaResponse,
  }),
  readBlockSchema: endpoint({
    operationId: "readBlockSchema",
    method: "GET",
    path: "/block_schemas/{id}",
    tag,
    summary: "Read a block schema",
    params,
    statuses: [200],
    response: blockSchemaResponse,
  }),
  readBlockSchemaByChecksum: endpoint({
    operationId: "readBlockSchemaByChecksum",
    method: "GET",
    path: "/block_schemas/checksum/{checksum}",
    tag,
    summary: "Read the block schema of a checksum, the newest one unless a version is given",
    params: z.object({ checksum: z.string() }),
    query: z.object({ version: z.string().nullish() }),
    statuses: [200],
    response: blockSchemaResponse,
  }),
  readBlockSchemas: endpoint({
    operationId: "readBlockSchemas",
    method: "POST",
    path: "/block_schemas/filter",
    tag,
    summary: "List block schemas, newest first",
    body: z.object({
      block_schemas: blockSchemaFilter.nullish(),
      limit: limitField,
      offset: offsetField,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(blockSchemaResponse),
  }),
  deleteBlockSchema: endpoint({
    operationId: "deleteBlockSchema",
    method: "DELETE",
    path: "/block_schemas/{id}",
    tag,
    summary: "Delete a block schema with its documents; 403 when its type is protected",
    params,
    statuses: [204],
  }),
  readBlockCapabilities: endpoint({
    operationId: "readBlockCapabilities",
    method: "GET",
    path: "/block_capabilities/",
    tag: "Block capabilities",
    summary: "List what block schemas can do, each capability once",
    statuses: [200],
    response: z.array(z.string()),
  }),
};
