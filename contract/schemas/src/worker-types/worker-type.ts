/** What is known of a type of worker before any worker of it has been heard of. */
import type { JsonObject } from "../fields.ts";

export interface WorkerType {
  /** The type of the pools that such workers serve. */
  readonly type: string;
  readonly display_name: string;
  /** Where its runs run, in a sentence or two. */
  readonly description: string;
  readonly documentation_url: string;
  /** What to type to have such a worker. */
  readonly install_command: string;
  readonly is_beta: boolean;
  readonly logo_url: string;
  /** The base job template of a new pool. */
  readonly default_base_job_configuration: JsonObject;
}

/** Variables that every type has, as JSON Schema. */
export const COMMON_VARIABLES = {
  name: { type: "string", title: "Name", description: "What the infrastructure of a run is called." },
  env: {
    type: "object",
    title: "Environment Variables",
    description: "Environment variables that a run starts with.",
    additionalProperties: { type: "string" },
  },
  labels: {
    type: "object",
    title: "Labels",
    description: "Labels on the infrastructure of a run.",
    additionalProperties: { type: "string" },
  },
  command: {
    type: "string",
    title: "Command",
    description: "The command that executes a run. Leave it empty: the worker knows it.",
  },
} as const satisfies JsonObject;

export const STREAM_OUTPUT = {
  type: "boolean",
  title: "Stream Output",
  description: "Whether the worker prints what its runs print.",
  default: true,
} as const satisfies JsonObject;

/** A job configuration that takes each variable as it is. */
export function oneToOne(variables: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, `{{ ${name} }}`]));
}

/** A template whose variables are these. */
export function jobTemplate(
  variables: JsonObject,
  configuration: JsonObject = oneToOne(variables),
): JsonObject {
  return {
    job_configuration: configuration,
    variables: { type: "object", properties: variables },
  };
}
