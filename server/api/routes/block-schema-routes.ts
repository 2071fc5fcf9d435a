import { endpoints } from "@sluice/schemas";
import { createBlockSchema, deleteBlockSchema, fullBlockSchemas } from "../../commands/block-schemas.ts";
import { notFound } from "../../commands/errors.ts";
import type { BlockSchema } from "../../store/block-schemas.ts";
import type { Call } from "../edge/call.ts";
import { createdOrFound, json, noContent, type Reply } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentBlockSchema } from "../presenters/block-presenter.ts";
import type { ApiServices } from "../services.ts";

export function blockSchemaRoutes({ context }: ApiServices): Route[] {
  const { reads } = context.store;
  const shown = async (schema: BlockSchema | null, { workspace_id }: Call): Promise<Reply> => {
    const [full] = schema ? await fullBlockSchemas(reads, workspace_id, [schema]) : [];
    if (!full) throw notFound("Block schema");
    return json(presentBlockSchema(full));
  };
  return [
    route(endpoints.createBlockSchema, async ({ body }, call) => {
      const { schema, created } = await createBlockSchema(context, call, body);
      return createdOrFound(presentBlockSchema(schema), created);
    }),
    route(endpoints.readBlockSchema, async ({ params }, call) =>
      shown(await reads.blockSchemas.read(call.workspace_id, params.id), call),
    ),
    route(endpoints.readBlockSchemaByChecksum, async ({ params, query }, call) => {
      const { version = null } = query;
      return shown(
        await reads.blockSchemas.readByChecksum(call.workspace_id, params.checksum, version),
        call,
      );
    }),
    route(endpoints.readBlockSchemas, async ({ body }, call) => {
      const { block_schemas: filter = null, ...page } = body;
      const schemas = await reads.blockSchemas.list(call.workspace_id, { filter, ...page });
      return json((await fullBlockSchemas(reads, call.workspace_id, schemas)).map(presentBlockSchema));
    }),
    route(endpoints.deleteBlockSchema, async ({ params }, call) => {
      await deleteBlockSchema(context, call, params.id);
      return noContent();
    }),
    route(endpoints.readBlockCapabilities, async (_input, call) =>
      json(await reads.blockSchemas.listCapabilities(call.workspace_id)),
    ),
  ];
}
