import { endpoints } from "@sluice/schemas";
import { listBlockDocuments, readBlockDocumentByName } from "../../commands/block-document-reads.ts";
import { createBlockType, deleteBlockType, updateBlockType } from "../../commands/block-types.ts";
import { notFound } from "../../commands/errors.ts";
import { installBlockTypes } from "../../commands/install-block-types.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentBlockDocument, presentBlockType } from "../presenters/block-presenter.ts";
import type { ApiServices } from "../services.ts";

export function blockTypeRoutes({ context }: ApiServices): Route[] {
  const { blockTypes } = context.store.reads;
  return [
    route(endpoints.createBlockType, async ({ body }, call) =>
      json(presentBlockType(await createBlockType(context, call, body)), 201),
    ),
    route(endpoints.readBlockType, async ({ params }, call) => {
      const type = await blockTypes.read(call.workspace_id, params.id);
      if (!type) throw notFound("Block type");
      return json(presentBlockType(type));
    }),
    route(endpoints.readBlockTypeBySlug, async ({ params }, call) => {
      const type = await blockTypes.readBySlug(call.workspace_id, params.slug);
      if (!type) throw notFound("Block type");
      return json(presentBlockType(type));
    }),
    route(endpoints.readBlockTypes, async ({ body }, call) => {
      const { block_types: filter = null, block_schemas: schemaFilter = null, ...page } = body;
      const types = await blockTypes.list(call.workspace_id, { filter, schemaFilter, ...page });
      return json(types.map(presentBlockType));
    }),
    route(endpoints.updateBlockType, async ({ params, body }, call) => {
      await updateBlockType(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.deleteBlockType, async ({ params }, call) => {
      await deleteBlockType(context, call, params.id);
      return noContent();
    }),
    route(endpoints.readBlockDocumentsOfType, async ({ params, query }, call) => {
      const type = await blockTypes.readBySlug(call.workspace_id, params.slug);
      if (!type) throw notFound("Block type");
      const listing = {
        block_documents: null,
        block_types: { slug: { any_: [params.slug] } },
        block_schemas: null,
        sort: "NAME_ASC" as const,
        limit: null,
        offset: 0,
      };
      const documents = await listBlockDocuments(context, call, listing, query.include_secrets);
      return json(documents.map(presentBlockDocument));
    }),
    route(endpoints.readBlockDocumentByName, async ({ params, query }, call) => {
      const name = { slug: params.slug, name: params.block_document_name };
      const document = await readBlockDocumentByName(context, call, name, query.include_secrets);
      return json(presentBlockDocument(document));
    }),
    route(endpoints.installSystemBlockTypes, async (_input, call) => {
      await installBlockTypes(context, call.workspace_id);
      return json(null);
    }),
  ];
}
