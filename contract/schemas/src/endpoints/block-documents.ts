/** Endpoints of block documents. */
import { z } from "zod";
import { blockDocumentCreate, blockDocumentResponse, blockDocumentUpdate } from "../block-documents.ts";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { blockDocumentFilter, blockSchemaFilter, blockTypeFilter } from "../filters/block-filters.ts";
import { blockDocumentSort } from "../filters/sorts.ts";
import { idParam } from "../parameters.ts";
import { includeSecretsQuery, limitField, offsetField, withDefault } from "../request-fields.ts";

const tag = "Block documents";
const params = idParam<"block-document">();
const filters = {
  block_documents: blockDocumentFilter.nullish(),
  block_types: blockTypeFilter.nullish(),
  block_schemas: blockSchemaFilter.nullish(),
};

export const blockDocumentEndpoints = {
  createBlockDocument: endpoint({
    operationId: "createBlockDocument",
    method: "POST",
    path: "/block_documents/",
    tag,
    summary: "Create a block document; 409 when its type has one of that name",
    body: blockDocumentCreate,
    exactNumbers: true,
    statuses: [201],
    response: blockDocumentResponse,
  }),
  readBlockDocument: endpoint({
    operationId: "readBlockDocument",
    method: "GET",
    path: "/block_documents/{id}",
    tag,
    summary: "Read a block document with those that it refers to",
    params,
    query: includeSecretsQuery,
    statuses: [200],
    response: blockDocumentResponse,
  }),
  readBlockDocuments: endpoint({
    operationId: "readBlockDocuments",
    method: "POST",
    path: "/block_documents/filter",
    tag,
    summary: "List block documents; anonymous ones only if asked for",
    body: z.object({
      ...filters,
      include_secrets: withDefault(z.boolean(), false),
      sort: withDefault(blockDocumentSort, "NAME_ASC"),
      limit: limitField,
      offset: offsetField,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(blockDocumentResponse),
  }),
  countBlockDocuments: endpoint({
    operationId: "countBlockDocuments",
    method: "POST",
    path: "/block_documents/count",
    tag,
    summary: "Count block documents",
    body: z.object(filters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  updateBlockDocument: endpoint({
    operationId: "updateBlockDocument",
    method: "PATCH",
    path: "/block_documents/{id}",
    tag,
    summary: "Change the data of a block document; masked secrets stay as they are",
    params,
    body: blockDocumentUpdate,
    exactNumbers: true,
    statuses: [204],
  }),
  deleteBlockDocument: endpoint({
    operationId: "deleteBlockDocument",
    method: "DELETE",
    path: "/block_documents/{id}",
    tag,
    summary: "Delete a block document, and the references to it",
    params,
    statuses: [204],
  }),
};
