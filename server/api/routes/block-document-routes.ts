import { endpoints } from "@sluice/schemas";
import {
  blockDocumentSelection,
  listBlockDocuments,
  readBlockDocument,
} from "../../commands/block-document-reads.ts";
import {
  createBlockDocument,
  deleteBlockDocument,
  updateBlockDocument,
} from "../../commands/block-documents.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentBlockDocument } from "../presenters/block-presenter.ts";
import type { ApiServices } from "../services.ts";

export function blockDocumentRoutes({ context }: ApiServices): Route[] {
  const { blockDocuments } = context.store.reads;
  return [
    route(endpoints.createBlockDocument, async ({ body }, call) =>
      json(presentBlockDocument(await createBlockDocument(context, call, body)), 201),
    ),
    route(endpoints.readBlockDocument, async ({ params, query }, call) =>
      json(presentBlockDocument(await readBlockDocument(context, call, params.id, query.include_secrets))),
    ),
    route(endpoints.readBlockDocuments, async ({ body }, call) => {
      const { include_secrets, ...listing } = body;
      const documents = await listBlockDocuments(context, call, withNulls(listing), include_secrets);
      return json(documents.map(presentBlockDocument));
    }),
    route(endpoints.countBlockDocuments, async ({ body }, call) =>
      json(await blockDocuments.count(call.workspace_id, blockDocumentSelection(withNulls(body)))),
    ),
    route(endpoints.updateBlockDocument, async ({ params, body }, call) => {
      await updateBlockDocument(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.deleteBlockDocument, async ({ params }, call) => {
      await deleteBlockDocument(context, call, params.id);
      return noContent();
    }),
  ];
}

/** Filters that are absent count as null. */
function withNulls<Body extends Filters>({ block_documents, block_types, block_schemas, ...rest }: Body) {
  return {
    ...rest,
    block_documents: block_documents ?? null,
    block_types: block_types ?? null,
    block_schemas: block_schemas ?? null,
  };
}

type Filters = Partial<{
  readonly [Key in keyof Parameters<typeof blockDocumentSelection>[0]]:
    | Parameters<typeof blockDocumentSelection>[0][Key]
    | undefined;
}>;
