import { type ConcurrencyLimitId, endpoints } from "@sluice/schemas";
import {
  deleteTagLimit,
  limitNameOf,
  putTagLimit,
  resetTagLimit,
  returnTagSlots,
  tagLimitNotFound,
  tagOf,
  takeTagSlots,
} from "../../commands/tag-limits.ts";
import type { OccupiedConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { Call } from "../edge/call.ts";
import { createdOrFound, json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentMinimalLimit, presentTagLimit } from "../presenters/concurrency-limit-presenter.ts";
import type { ApiServices } from "../services.ts";

export function tagLimitRoutes({ context }: ApiServices): Route[] {
  const { concurrencyLimits, leases } = context.store.reads;

  const present = async (limits: readonly OccupiedConcurrencyLimit[]) => {
    const ids = limits.map(({ id }) => id);
    const held = await leases.listOfLimits(ids, context.now());
    return limits.map((limit) => presentTagLimit(limit, tagOf(limit) ?? limit.name, held));
  };
  const presentOne = async (limit: OccupiedConcurrencyLimit) => (await present([limit]))[0];

  const readById = async ({ workspace_id }: Call, id: ConcurrencyLimitId) => {
    const limit = await concurrencyLimits.read(workspace_id, id, context.now());
    const tag = limit && tagOf(limit);
    if (!limit || tag === null) throw tagLimitNotFound();
    return { limit, tag };
  };

  return [
    route(endpoints.createConcurrencyLimit, async ({ body }, call) => {
      const { limit, created } = await putTagLimit(context, call, body);
      return createdOrFound(await presentOne(limit), created);
    }),
    route(endpoints.readConcurrencyLimit, async ({ params }, call) => {
      const { limit } = await readById(call, params.id);
      return json(await presentOne(limit));
    }),
    route(endpoints.readConcurrencyLimitByTag, async ({ params }, call) => {
      const name = limitNameOf(params.tag);
      const limit = await concurrencyLimits.readByName(call.workspace_id, name, context.now());
      if (!limit) throw tagLimitNotFound();
      return json(await presentOne(limit));
    }),
    route(endpoints.readConcurrencyLimits, async ({ body }, call) => {
      const query = { ...body, prefix: limitNameOf("") };
      return json(await present(await concurrencyLimits.list(call.workspace_id, query, context.now())));
    }),
    route(endpoints.resetConcurrencyLimitByTag, async ({ params, body }, call) => {
      await resetTagLimit(context, call, params.tag, body.slot_override ?? []);
      return json(null);
    }),
    route(endpoints.deleteConcurrencyLimit, async ({ params }, call) => {
      const { tag } = await readById(call, params.id);
      await deleteTagLimit(context, call, tag);
      return json(null);
    }),
    route(endpoints.deleteConcurrencyLimitByTag, async ({ params }, call) => {
      await deleteTagLimit(context, call, params.tag);
      return json(null);
    }),
    route(endpoints.incrementTagSlots, async ({ body }, call) => {
      const taken = await takeTagSlots(context, call, body);
      // Unlike the answer to giving them back, this one names the bare tags.
      return json(taken.map((limit) => ({ ...presentMinimalLimit(limit), name: tagOf(limit) })));
    }),
    route(endpoints.decrementTagSlots, async ({ body }, call) =>
      json((await returnTagSlots(context, call, body)).map(presentMinimalLimit)),
    ),
  ];
}
