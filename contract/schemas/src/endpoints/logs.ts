/** Endpoints of logs. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { logFilter } from "../filters/log-filter.ts";
import { logSort } from "../filters/sorts.ts";
import { logCreate, logResponse } from "../logs.ts";
import { limitField, offsetField, withDefault } from "../request-fields.ts";

const tag = "Logs";

export const logEndpoints = {
  createLogs: endpoint({
    operationId: "createLogs",
    method: "POST",
    path: "/logs/",
    tag,
    summary: "Keep log lines",
    body: z.array(logCreate),
    statuses: [201],
    response: z.null(),
  }),
  readLogs: endpoint({
    operationId: "readLogs",
    method: "POST",
    path: "/logs/filter",
    tag,
    summary: "List log lines",
    body: z.object({
      limit: limitField,
      offset: offsetField,
      logs: logFilter.nullish(),
      sort: withDefault(logSort, "TIMESTAMP_ASC"),
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(logResponse),
  }),
};
