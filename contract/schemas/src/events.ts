/** Events: facts in the past tense about resources (protocol section 7.1). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { isJsonObject, type JsonObject, jsonObject } from "./fields.ts";
import { type EventId, idOutput, idSchema } from "./ids.ts";
import { type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";

/** Bounds of one event; what is past them is refused, except {@link MAXIMUM_EVENT_BYTES}, which the edges count. */
export const MAXIMUM_EVENT_NAME_LENGTH = 1024;
export const MAXIMUM_LABELS_PER_RESOURCE = 500;
export const MAXIMUM_RELATED_RESOURCES = 100;
/** Of the event's JSON. */
export const MAXIMUM_EVENT_BYTES = 1_500_000;

export const RESOURCE_ID_LABEL = "prefect.resource.id";
export const RESOURCE_ROLE_LABEL = "prefect.resource.role";
export const RESOURCE_NAME_LABEL = "prefect.resource.name";

/** The labels of what an event is about. `prefect.resource.id` is there and not empty. */
export type Resource = Readonly<Record<string, string>> & { readonly "prefect.resource.id": string };

/** A resource with its part in the event: `prefect.resource.role` is there and not empty. */
export type RelatedResource = Resource & { readonly "prefect.resource.role": string };

export interface Event {
  readonly id: EventId;
  /** When it happened, by the sender's clock. */
  readonly occurred: Timestamp;
  /** Its name, e.g. `prefect.flow-run.Completed`. */
  readonly event: string;
  readonly resource: Resource;
  /** Order matters: "the related resource in role r" is the first one. */
  readonly related: readonly RelatedResource[];
  readonly payload: JsonObject;
  /** An event that is known to have happened before this one. */
  readonly follows: EventId | null;
}

/** An event as the server keeps it. */
export interface ReceivedEvent extends Event {
  /** When the server took it in. */
  readonly received: Timestamp;
}

/** The labels of a resource as one check in one walk: events are the hottest path of the contract. */
function resourceSchema<Labels extends Resource>(
  id: string,
  requiredLabels: readonly string[],
  noun: string,
) {
  const schema = z
    .unknown()
    .check((context) => {
      const problem = resourceProblem(context.value, requiredLabels, noun);
      if (problem) context.issues.push({ ...problem, code: "custom", input: context.value });
    })
    .meta({ id, ...documentedAs({ type: "object", additionalProperties: { type: "string" } }) });
  return schema as unknown as z.ZodType<Labels, Labels>; // the check above is the proof
}

interface ResourceProblem {
  message: string;
  params: { type: string };
  path?: PropertyKey[];
}

function resourceProblem(value: unknown, required: readonly string[], noun: string): ResourceProblem | null {
  if (!isJsonObject(value)) {
    return { message: "Input should be a valid dictionary", params: { type: "dict_type" } };
  }
  let count = 0;
  for (const label in value) {
    count += 1;
    if (typeof value[label] !== "string") {
      return { message: "Input should be a valid string", params: { type: "string_type" }, path: [label] };
    }
  }
  if (count > MAXIMUM_LABELS_PER_RESOURCE) {
    return valueError(`The maximum number of labels per resource is ${MAXIMUM_LABELS_PER_RESOURCE}`);
  }
  for (const label of required) {
    if (value[label] === undefined) return valueError(`${noun} must include the ${label} label`);
    if (value[label] === "") return valueError(`The ${label} label must be non-empty`);
  }
  return null;
}

function valueError(message: string): ResourceProblem {
  return { message, params: { type: "value_error" } };
}

export const resource = resourceSchema<Resource>("Resource", [RESOURCE_ID_LABEL], "Resources");
export const relatedResource = resourceSchema<RelatedResource>(
  "RelatedResource",
  [RESOURCE_ID_LABEL, RESOURCE_ROLE_LABEL],
  "Related Resources",
);

/** An event on its way in, over HTTP or the socket. Unknown keys are dropped. */
export const eventInput = z
  .object({
    occurred: timestampInput,
    event: z.string().refine((name) => name.length <= MAXIMUM_EVENT_NAME_LENGTH, {
      message: `Event name must be at most ${MAXIMUM_EVENT_NAME_LENGTH} characters`,
    }),
    resource,
    related: z
      .array(relatedResource)
      .refine((related) => related.length <= MAXIMUM_RELATED_RESOURCES, {
        message: `The maximum number of related resources is ${MAXIMUM_RELATED_RESOURCES}`,
      })
      .default([]),
    payload: jsonObject().default({}),
    id: idSchema<"event">(),
    follows: idSchema<"event">().nullable().default(null),
  })
  .meta({ id: "Event" });
export type EventInput = z.output<typeof eventInput>;

export const receivedEventResponse = z
  .object({
    occurred: timestampOutput,
    event: z.string(),
    resource,
    related: z.array(relatedResource),
    payload: jsonObject(),
    id: idOutput,
    follows: idOutput.nullable(),
    received: timestampOutput,
  })
  .meta({ id: "ReceivedEvent" });
export type ReceivedEventResponse = z.output<typeof receivedEventResponse>;
