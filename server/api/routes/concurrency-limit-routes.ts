import { endpoints } from "@sluice/schemas";
import { occupySlots, returnSlots } from "../../commands/concurrency-leases.ts";
import {
  createConcurrencyLimit,
  deleteConcurrencyLimit,
  findLimit,
  limitNotFound,
  updateConcurrencyLimit,
} from "../../commands/concurrency-limits.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import {
  presentConcurrencyLimit,
  presentMinimalLimit,
  presentNewConcurrencyLimit,
} from "../presenters/concurrency-limit-presenter.ts";
import type { ApiServices } from "../services.ts";

export function concurrencyLimitRoutes({ context }: ApiServices): Route[] {
  const { concurrencyLimits } = context.store.reads;
  return [
    route(endpoints.createConcurrencyLimitV2, async ({ body }, call) =>
      json(presentNewConcurrencyLimit(await createConcurrencyLimit(context, call, body)), 201),
    ),
    route(endpoints.readConcurrencyLimitV2, async ({ params }, call) => {
      const now = context.now();
      const limit = await findLimit(concurrencyLimits, call.workspace_id, params.id_or_name, now);
      if (!limit) throw limitNotFound();
      return json(presentConcurrencyLimit(limit));
    }),
    route(endpoints.readConcurrencyLimitsV2, async ({ body }, call) => {
      const found = await concurrencyLimits.list(call.workspace_id, body, context.now());
      return json(found.map(presentConcurrencyLimit));
    }),
    route(endpoints.updateConcurrencyLimitV2, async ({ params, body }, call) => {
      await updateConcurrencyLimit(context, call, params.id_or_name, body);
      return noContent();
    }),
    route(endpoints.deleteConcurrencyLimitV2, async ({ params }, call) => {
      await deleteConcurrencyLimit(context, call, params.id_or_name);
      return noContent();
    }),
    route(endpoints.incrementConcurrencySlots, async ({ body }, call) =>
      json((await occupySlots(context, call, body)).map(presentMinimalLimit)),
    ),
    route(endpoints.decrementConcurrencySlots, async ({ body }, call) =>
      json((await returnSlots(context, call, body)).map(presentMinimalLimit)),
    ),
  ];
}
