/** Endpoints of global concurrency limits, and of slots taken and given back without a lease. */
import { z } from "zod";
import { decrementSlots, incrementSlots, minimalConcurrencyLimitResponse } from "../concurrency-leases.ts";
import {
  concurrencyLimitV2Create,
  concurrencyLimitV2Response,
  concurrencyLimitV2Update,
  globalConcurrencyLimitResponse,
} from "../concurrency-limits.ts";
import { documentedAs } from "../documented-as.ts";
import { endpoint } from "../endpoint.ts";
import { limitField, offsetField } from "../request-fields.ts";

const tag = "Concurrency Limits V2";
const idOrName = z
  .string()
  .meta(documentedAs({ anyOf: [{ type: "string", format: "uuid" }, { type: "string" }] }));
const params = z.object({ id_or_name: idOrName });

export const concurrencyLimitEndpoints = {
  createConcurrencyLimitV2: endpoint({
    operationId: "createConcurrencyLimitV2",
    method: "POST",
    path: "/v2/concurrency_limits/",
    tag,
    summary: "Create a concurrency limit; 409 when the name is taken",
    body: concurrencyLimitV2Create,
    statuses: [201],
    response: concurrencyLimitV2Response,
  }),
  readConcurrencyLimitV2: endpoint({
    operationId: "readConcurrencyLimitV2",
    method: "GET",
    path: "/v2/concurrency_limits/{id_or_name}",
    tag,
    summary: "Read a concurrency limit",
    params,
    statuses: [200],
    response: globalConcurrencyLimitResponse,
  }),
  readConcurrencyLimitsV2: endpoint({
    operationId: "readConcurrencyLimitsV2",
    method: "POST",
    path: "/v2/concurrency_limits/filter",
    tag,
    summary: "List concurrency limits by name",
    body: z.object({ limit: limitField, offset: offsetField }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(globalConcurrencyLimitResponse),
  }),
  updateConcurrencyLimitV2: endpoint({
    operationId: "updateConcurrencyLimitV2",
    method: "PATCH",
    path: "/v2/concurrency_limits/{id_or_name}",
    tag,
    summary: "Change a concurrency limit",
    params,
    body: concurrencyLimitV2Update,
    statuses: [204],
  }),
  deleteConcurrencyLimitV2: endpoint({
    operationId: "deleteConcurrencyLimitV2",
    method: "DELETE",
    path: "/v2/concurrency_limits/{id_or_name}",
    tag,
    summary: "Delete a concurrency limit",
    params,
    statuses: [204],
  }),
  incrementConcurrencySlots: endpoint({
    operationId: "incrementConcurrencySlots",
    method: "POST",
    path: "/v2/concurrency_limits/increment",
    tag,
    summary: "Take slots until they are given back; 423 with Retry-After when some are taken",
    body: incrementSlots,
    statuses: [200],
    response: z.array(minimalConcurrencyLimitResponse),
  }),
  decrementConcurrencySlots: endpoint({
    operationId: "decrementConcurrencySlots",
    method: "POST",
    path: "/v2/concurrency_limits/decrement",
    tag,
    summary: "Give back slots that were taken without a lease",
    body: decrementSlots,
    statuses: [200],
    response: z.array(minimalConcurrencyLimitResponse),
  }),
};
