/** Artifacts: what runs show to people, and the newest of each key (protocol section 9.3). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { orNull } from "./fields.ts";
import {
  type ArtifactCollectionId,
  type ArtifactId,
  type FlowRunId,
  idOutput,
  idSchema,
  type TaskRunId,
} from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

/** The type of the hidden artifact that holds a state's result record; never listed in graphs. */
export const RESULT_ARTIFACT_TYPE = "result";
/** The only type whose data the graph carries. */
export const PROGRESS_ARTIFACT_TYPE = "progress";

/** Longer values of an artifact's metadata are cut. */
export const MAXIMUM_ARTIFACT_METADATA_LENGTH = 500;

interface ArtifactContent {
  readonly type: string | null;
  /** Markdown. */
  readonly description: string | null;
  /** Any JSON; its form depends on the type. A table is a string of JSON. */
  readonly data: unknown;
  /** With the underscore on the wire. */
  readonly metadata_: Readonly<Record<string, string>> | null;
  readonly flow_run_id: FlowRunId | null;
  readonly task_run_id: TaskRunId | null;
}

export interface Artifact extends ArtifactContent {
  readonly id: ArtifactId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly key: string | null;
}

/** The artifacts of one key, shown as the newest of them. */
export interface ArtifactCollection extends ArtifactContent {
  readonly id: ArtifactCollectionId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its workspace. */
  readonly key: string;
  readonly latest_id: ArtifactId;
}

const artifactKey = z
  .string()
  .refine((key) => /^[a-z0-9-]*$/.test(key), {
    message: "Artifact key must only contain lowercase letters, numbers, and dashes.",
  })
  .meta(documentedAs({ type: "string" }));

const artifactData = z
  .unknown()
  .meta(documentedAs({ anyOf: [{ type: "object", additionalProperties: true }, {}, { type: "null" }] }));

const metadataOutput = z.record(z.string(), z.string());

const metadataInput = metadataOutput
  .transform((metadata) =>
    Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, shortened(value)])),
  )
  .meta(documentedAs({ type: "object", additionalProperties: { type: "string" } }));

function shortened(value: string): string {
  if (value.length <= MAXIMUM_ARTIFACT_METADATA_LENGTH) return value;
  const characters = Array.from(value);
  if (characters.length <= MAXIMUM_ARTIFACT_METADATA_LENGTH) return value;
  return `${characters.slice(0, MAXIMUM_ARTIFACT_METADATA_LENGTH).join("")}...`;
}

/** `POST /artifacts/`. */
export const artifactCreate = z
  .strictObject({
    key: orNull(artifactKey),
    type: orNull(z.string()),
    description: orNull(z.string()),
    data: artifactData.optional(),
    metadata_: orNull(metadataInput),
    flow_run_id: orNull(idSchema<"flow-run">()),
    task_run_id: orNull(idSchema<"task-run">()),
  })
  .meta({ id: "ArtifactCreate" });
export type ArtifactCreate = z.output<typeof artifactCreate>;

/** `PATCH /artifacts/{id}`: only keys that are present are written. */
export const artifactUpdate = z
  .strictObject({
    data: artifactData.optional(),
    description: z.string().nullable().optional(),
    metadata_: metadataInput.nullable().optional(),
  })
  .meta({ id: "ArtifactUpdate" });
export type ArtifactUpdate = z.output<typeof artifactUpdate>;

const contentOutput = {
  type: z.string().nullable(),
  description: z.string().nullable(),
  data: artifactData,
  metadata_: metadataOutput.nullable(),
  flow_run_id: idOutput.nullable(),
  task_run_id: idOutput.nullable(),
};

export const artifactResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    key: z.string().nullable(),
    ...contentOutput,
  })
  .meta({ id: "Artifact" });
export type ArtifactResponse = z.output<typeof artifactResponse>;

export const artifactCollectionResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    key: z.string(),
    latest_id: idOutput,
    ...contentOutput,
  })
  .meta({ id: "ArtifactCollection" });
export type ArtifactCollectionResponse = z.output<typeof artifactCollectionResponse>;
