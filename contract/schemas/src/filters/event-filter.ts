/** Which events: parts AND, values inside a part OR, lists of filters AND (protocol section 7.6). */
import { z } from "zod";
import { timestampInput } from "../timestamps.ts";
import { ids, strings, textQuery } from "./criteria.ts";

/** Label → patterns of which one must match: `*` and `?` are wildcards, a leading `!` negates. */
const resourceSpecification = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .meta({ id: "ResourceSpecification" });
export type ResourceSpecification = z.output<typeof resourceSpecification>;

/** Bounds are inclusive. What is absent depends on the clock: {@link eventWindow} fills it in. */
const occurredFilter = z
  .strictObject({ since: timestampInput.optional(), until: timestampInput.optional() })
  .meta({ id: "EventOccurredFilter" });

const nameFilter = z
  .strictObject({ prefix: strings, exclude_prefix: strings, name: strings, exclude_name: strings })
  .meta({ id: "EventNameFilter" });

const resourceFilter = z
  .strictObject({
    id: strings,
    id_prefix: strings,
    labels: resourceSpecification.nullish(),
    /** One event, the newest, for each resource id. */
    distinct: z.boolean().default(false),
  })
  .meta({ id: "EventResourceFilter" });

const relatedFilter = z
  .strictObject({
    id: strings,
    role: strings,
    resources_in_roles: z.array(z.tuple([z.string(), z.string()])).nullish(),
    labels: resourceSpecification.nullish(),
  })
  .meta({ id: "EventRelatedFilter" });

const anyResourceFilter = z
  .strictObject({ id: strings, id_prefix: strings, labels: resourceSpecification.nullish() })
  .meta({ id: "EventAnyResourceFilter" });

export const EventOrder = { ASC: "ASC", DESC: "DESC" } as const;
export type EventOrder = (typeof EventOrder)[keyof typeof EventOrder];

export const eventFilter = z
  .strictObject({
    occurred: occurredFilter.default({}),
    event: nameFilter.nullish(),
    resource: resourceFilter.nullish(),
    related: z.union([relatedFilter, z.array(relatedFilter)]).nullish(),
    any_resource: z.union([anyResourceFilter, z.array(anyResourceFilter)]).nullish(),
    id: z.strictObject({ id: ids<"event">() }).meta({ id: "EventIDFilter" }).optional(),
    text: z.strictObject(textQuery).meta({ id: "EventTextFilter" }).nullish(),
    order: z.enum(EventOrder).meta({ id: "EventOrder" }).default("DESC"),
  })
  .meta({ id: "EventFilter" });
export type EventFilter = z.output<typeof eventFilter>;
