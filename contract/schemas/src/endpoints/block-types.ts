/** Endpoints of block types. */
import { z } from "zod";
import { blockDocumentResponse } from "../block-documents.ts";
import { blockTypeCreate, blockTypeResponse, blockTypeUpdate } from "../block-types.ts";
import { endpoint } from "../endpoint.ts";
import { blockSchemaFilter, blockTypeFilter } from "../filters/block-filters.ts";
import { idParam } from "../parameters.ts";
import { includeSecretsQuery, limitField, offsetField } from "../request-fields.ts";

const tag = "Block types";
const params = idParam<"block-type">();
const slugParams = z.object({ slug: z.string() });

export const blockTypeEndpoints = {
  createBlockType: endpoint({
    operationId: "createBlockType",
    method: "POST",
    path: "/block_types/",
    tag,
    summary: "Create a block type; 409 when the slug is taken",
    body: blockTypeCreate,
    statuses: [201],
    response: blockTypeResponse,
  }),
  readBlockType: endpoint({
    operationId: "readBlockType",
    method: "GET",
    path: "/block_types/{id}",
    tag,
    summary: "Read a block type",
    params,
    statuses: [200],
    response: blockTypeResponse,
  }),
  readBlockTypeBySlug: endpoint({
    operationId: "readBlockTypeBySlug",
    method: "GET",
    path: "/block_types/slug/{slug}",
    tag,
    summary: "Read the block type of a slug",
    params: slugParams,
    statuses: [200],
    response: blockTypeResponse,
  }),
  readBlockTypes: endpoint({
    operationId: "readBlockTypes",
    method: "POST",
    path: "/block_types/filter",
    tag,
    summary: "List block types by name",
    body: z.object({
      block_types: blockTypeFilter.nullish(),
      block_schemas: blockSchemaFilter.nullish(),
      limit: limitField,
      offset: offsetField,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(blockTypeResponse),
  }),
  updateBlockType: endpoint({
    operationId: "updateBlockType",
    method: "PATCH",
    path: "/block_types/{id}",
    tag,
    summary: "Change a block type",
    params,
    body: blockTypeUpdate,
    statuses: [204],
  }),
  deleteBlockType: endpoint({
    operationId: "deleteBlockType",
    method: "DELETE",
    path: "/block_types/{id}",
    tag,
    summary: "Delete a block type with its schemas and documents; 403 when it is protected",
    params,
    statuses: [204],
  }),
  readBlockDocumentsOfType: endpoint({
    operationId: "readBlockDocumentsOfType",
    method: "GET",
    path: "/block_types/slug/{slug}/block_documents",
    tag,
    summary: "List the named block documents of a type",
    params: slugParams,
    query: includeSecretsQuery,
    statuses: [200],
    response: z.array(blockDocumentResponse),
  }),
  readBlockDocumentByName: endpoint({
    operationId: "readBlockDocumentByName",
    method: "GET",
    path: "/block_types/slug/{slug}/block_documents/name/{block_document_name}",
    tag,
    summary: "Read the block document of a type and a name",
    params: z.object({ slug: z.string(), block_document_name: z.string() }),
    query: includeSecretsQuery,
    statuses: [200],
    response: blockDocumentResponse,
  }),
  installSystemBlockTypes: endpoint({
    operationId: "installSystemBlockTypes",
    method: "POST",
    path: "/block_types/install_system_block_types",
    tag,
    summary: "Make sure that the server's own block types are there",
    statuses: [200],
    response: z.null(),
  }),
};
