/** Endpoints of saved searches. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField } from "../request-fields.ts";
import { savedSearchCreate, savedSearchResponse } from "../saved-searches.ts";

const tag = "SavedSearches";
const params = idParam<"saved-search">();

export const savedSearchEndpoints = {
  saveSearch: endpoint({
    operationId: "saveSearch",
    method: "PUT",
    path: "/saved_searches/",
    tag,
    summary: "Save a search (201), or replace the filters of the one of that name (200)",
    body: savedSearchCreate,
    statuses: [200, 201],
    response: savedSearchResponse,
  }),
  readSavedSearch: endpoint({
    operationId: "readSavedSearch",
    method: "GET",
    path: "/saved_searches/{id}",
    tag,
    summary: "Read a saved search",
    params,
    statuses: [200],
    response: savedSearchResponse,
  }),
  readSavedSearches: endpoint({
    operationId: "readSavedSearches",
    method: "POST",
    path: "/saved_searches/filter",
    tag,
    summary: "List saved searches by name",
    body: z.object({ limit: limitField, offset: offsetField }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(savedSearchResponse),
  }),
  deleteSavedSearch: endpoint({
    operationId: "deleteSavedSearch",
    method: "DELETE",
    path: "/saved_searches/{id}",
    tag,
    summary: "Delete a saved search",
    params,
    statuses: [204],
  }),
};
