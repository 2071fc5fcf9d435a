/** Endpoints of the concurrency limits of tags. */
import { z } from "zod";
import { minimalConcurrencyLimitResponse } from "../concurrency-leases.ts";
import {
  concurrencyLimitCreate,
  concurrencyLimitResponse,
  tagLimitReset,
  tagSlots,
} from "../concurrency-limits.ts";
import { endpoint } from "../endpoint.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField } from "../request-fields.ts";

const tag = "Concurrency Limits";
const params = idParam<"concurrency-limit">();
const tagParams = z.object({ tag: z.string() });

export const tagLimitEndpoints = {
  createConcurrencyLimit: endpoint({
    operationId: "createConcurrencyLimit",
    method: "POST",
    path: "/concurrency_limits/",
    tag,
    summary: "Limit a tag (201), or change its limit (200)",
    body: concurrencyLimitCreate,
    statuses: [200, 201],
    response: concurrencyLimitResponse,
  }),
  readConcurrencyLimit: endpoint({
    operationId: "readConcurrencyLimit",
    method: "GET",
    path: "/concurrency_limits/{id}",
    tag,
    summary: "Read the limit of a tag by its id",
    params,
    statuses: [200],
    response: concurrencyLimitResponse,
  }),
  readConcurrencyLimitByTag: endpoint({
    operationId: "readConcurrencyLimitByTag",
    method: "GET",
    path: "/concurrency_limits/tag/{tag}",
    tag,
    summary: "Read the limit of a tag",
    params: tagParams,
    statuses: [200],
    response: concurrencyLimitResponse,
  }),
  readConcurrencyLimits: endpoint({
    operationId: "readConcurrencyLimits",
    method: "POST",
    path: "/concurrency_limits/filter",
    tag,
    summary: "List the limits of tags",
    body: z.object({ limit: limitField, offset: offsetField }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(concurrencyLimitResponse),
  }),
  resetConcurrencyLimitByTag: endpoint({
    operationId: "resetConcurrencyLimitByTag",
    method: "POST",
    path: "/concurrency_limits/tag/{tag}/reset",
    tag,
    summary: "Take the slots of a tag from whoever holds them, and give them to the task runs named",
    params: tagParams,
    body: tagLimitReset,
    bodyOptional: true,
    statuses: [200],
    response: z.null(),
  }),
  deleteConcurrencyLimit: endpoint({
    operationId: "deleteConcurrencyLimit",
    method: "DELETE",
    path: "/concurrency_limits/{id}",
    tag,
    summary: "Delete the limit of a tag by its id",
    params,
    statuses: [200],
    response: z.null(),
  }),
  deleteConcurrencyLimitByTag: endpoint({
    operationId: "deleteConcurrencyLimitByTag",
    method: "DELETE",
    path: "/concurrency_limits/tag/{tag}",
    tag,
    summary: "Delete the limit of a tag",
    params: tagParams,
    statuses: [200],
    response: z.null(),
  }),
  incrementTagSlots: endpoint({
    operationId: "incrementTagSlots",
    method: "POST",
    path: "/concurrency_limits/increment",
    tag,
    summary: "Take a slot of each tag for a task run; 423 when one has none",
    body: tagSlots,
    statuses: [200],
    response: z.array(minimalConcurrencyLimitResponse),
  }),
  decrementTagSlots: endpoint({
    operationId: "decrementTagSlots",
    method: "POST",
    path: "/concurrency_limits/decrement",
    tag,
    summary: "Give back what a task run holds of these tags",
    body: tagSlots,
    statuses: [200],
    response: z.array(minimalConcurrencyLimitResponse),
  }),
};
