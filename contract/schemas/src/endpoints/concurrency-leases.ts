/** Endpoints that take, give back and keep slots of concurrency limits. */
import { z } from "zod";
import {
  concurrencyLimitWithLeaseResponse,
  decrementWithLease,
  incrementWithLease,
  renewLease,
} from "../concurrency-leases.ts";
import { endpoint } from "../endpoint.ts";
import { idSchema } from "../ids.ts";

const tag = "Concurrency Limits V2";

export const concurrencyLeaseEndpoints = {
  incrementConcurrencySlotsWithLease: endpoint({
    operationId: "incrementConcurrencySlotsWithLease",
    method: "POST",
    path: "/v2/concurrency_limits/increment-with-lease",
    tag,
    summary: "Take slots for a time; 423 with Retry-After when some are taken",
    body: incrementWithLease,
    statuses: [200],
    response: concurrencyLimitWithLeaseResponse,
  }),
  decrementConcurrencySlotsWithLease: endpoint({
    operationId: "decrementConcurrencySlotsWithLease",
    method: "POST",
    path: "/v2/concurrency_limits/decrement-with-lease",
    tag,
    summary: "Give back the slots of a lease, if it is still there",
    body: decrementWithLease,
    statuses: [204],
  }),
  renewConcurrencyLease: endpoint({
    operationId: "renewConcurrencyLease",
    method: "POST",
    path: "/v2/concurrency_limits/leases/{lease_id}/renew",
    tag,
    summary: "Keep a lease for longer; 410 when it is gone",
    params: z.object({ lease_id: idSchema<"lease">() }),
    body: renewLease,
    bodyOptional: true,
    statuses: [204],
  }),
};
