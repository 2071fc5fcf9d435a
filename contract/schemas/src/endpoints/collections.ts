/** Endpoints of what is known beforehand about packages. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { jsonObject } from "../fields.ts";

export const collectionEndpoints = {
  readCollectionView: endpoint({
    operationId: "readCollectionView",
    method: "GET",
    path: "/collections/views/{view}",
    tag: "Collections",
    summary: "Read what is known of workers, blocks or flows before they are used, package by package",
    params: z.object({ view: z.string() }),
    statuses: [200],
    response: jsonObject(),
  }),
};
