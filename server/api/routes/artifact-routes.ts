import { endpoints } from "@sluice/schemas";
import {
  artifactNotFound,
  createArtifact,
  deleteArtifact,
  updateArtifact,
} from "../../commands/artifacts.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentArtifact, presentArtifactCollection } from "../presenters/artifact-presenter.ts";
import type { ApiServices } from "../services.ts";

export function artifactRoutes({ context }: ApiServices): Route[] {
  const { artifacts } = context.store.reads;
  return [
    route(endpoints.createArtifact, async ({ body }, call) =>
      json(presentArtifact(await createArtifact(context, call, body)), 201),
    ),
    route(endpoints.readArtifact, async ({ params }, call) => {
      const artifact = await artifacts.read(call.workspace_id, params.id);
      if (!artifact) throw artifactNotFound();
      return json(presentArtifact(artifact));
    }),
    route(endpoints.readLatestArtifact, async ({ params }, call) => {
      const collection = await artifacts.readCollection(call.workspace_id, params.key);
      if (!collection) throw artifactNotFound();
      return json(presentArtifact(collection));
    }),
    route(endpoints.readArtifacts, async ({ body }, call) => {
      const { artifacts: filter = {}, sort, limit, offset, ...filters } = body;
      const found = await artifacts.list(call.workspace_id, { filter, filters, sort, limit, offset });
      return json(found.map(presentArtifact));
    }),
    route(endpoints.readLatestArtifacts, async ({ body }, call) => {
      const { artifacts: filter = {}, sort, limit, offset, ...filters } = body;
      const query = { filter, filters, sort, limit, offset };
      const found = await artifacts.listCollections(call.workspace_id, query);
      return json(found.map(presentArtifactCollection));
    }),
    route(endpoints.countArtifacts, async ({ body }, call) => {
      const { artifacts: filter = {}, ...filters } = body;
      return json(await artifacts.count(call.workspace_id, { filter, filters }));
    }),
    route(endpoints.countLatestArtifacts, async ({ body }, call) => {
      const { artifacts: filter = {}, ...filters } = body;
      return json(await artifacts.countCollections(call.workspace_id, { filter, filters }));
    }),
    route(endpoints.updateArtifact, async ({ params, body }, call) => {
      await updateArtifact(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.deleteArtifact, async ({ params }, call) => {
      await deleteArtifact(context, call, params.id);
      return noContent();
    }),
  ];
}
