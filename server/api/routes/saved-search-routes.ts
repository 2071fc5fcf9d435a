import { endpoints } from "@sluice/schemas";
import { notFound } from "../../commands/errors.ts";
import { deleteSavedSearch, saveSearch } from "../../commands/saved-searches.ts";
import { createdOrFound, json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentSavedSearch } from "../presenters/saved-search-presenter.ts";
import type { ApiServices } from "../services.ts";

export function savedSearchRoutes({ context }: ApiServices): Route[] {
  const { savedSearches } = context.store.reads;
  return [
    route(endpoints.saveSearch, async ({ body }, call) => {
      const { search, created } = await saveSearch(context, call, body);
      return createdOrFound(presentSavedSearch(search), created);
    }),
    route(endpoints.readSavedSearch, async ({ params }, call) => {
      const search = await savedSearches.read(call.workspace_id, params.id);
      if (!search) throw notFound("Saved search");
      return json(presentSavedSearch(search));
    }),
    route(endpoints.readSavedSearches, async ({ body }, call) => {
      const found = await savedSearches.list(call.workspace_id, body);
      return json(found.map(presentSavedSearch));
    }),
    route(endpoints.deleteSavedSearch, async ({ params }, call) => {
      await deleteSavedSearch(context, call, params.id);
      return noContent();
    }),
  ];
}
