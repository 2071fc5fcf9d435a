import { endpoints } from "@sluice/schemas";
import { acquireSlots, releaseLease, renewLease } from "../../commands/concurrency-leases.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentMinimalLimit } from "../presenters/concurrency-limit-presenter.ts";
import type { ApiServices } from "../services.ts";

export function concurrencyLeaseRoutes({ context }: ApiServices): Route[] {
  return [
    route(endpoints.incrementConcurrencySlotsWithLease, async ({ body }, call) => {
      const { lease_id, limits } = await acquireSlots(context, call, body);
      return json({ lease_id, limits: limits.map(presentMinimalLimit) });
    }),
    route(endpoints.decrementConcurrencySlotsWithLease, async ({ body }) => {
      await releaseLease(context, body.lease_id);
      return noContent();
    }),
    route(endpoints.renewConcurrencyLease, async ({ params, body }) => {
      await renewLease(context, params.lease_id, body.lease_duration);
      return noContent();
    }),
  ];
}
