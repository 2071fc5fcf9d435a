/** Flows: the code that runs are runs of (protocol section 2.2). */
import { z } from "zod";
import { type Labels, labelsInput, labelsOutput, pathName, tags } from "./fields.ts";
import { type FlowId, idOutput } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export interface Flow {
  readonly id: FlowId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its workspace. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly labels: Labels;
}

/** `POST /flows/`: makes the flow, or finds the one of that name. */
export const flowCreate = z
  .strictObject({ name: pathName, tags: tags.default([]), labels: labelsInput })
  .meta({ id: "FlowCreate" });
export type FlowCreate = z.output<typeof flowCreate>;

/** `PATCH /flows/{id}`: only keys that are present are written. */
export const flowUpdate = z.strictObject({ tags: tags.optional() }).meta({ id: "FlowUpdate" });
export type FlowUpdate = z.output<typeof flowUpdate>;

export const flowResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: pathName,
    tags,
    labels: labelsOutput.nullable(),
  })
  .meta({ id: "Flow" });
export type FlowResponse = z.output<typeof flowResponse>;

/** `POST /flows/bulk_delete`: the flows that were found and deleted. */
export const flowBulkDeleteResponse = z
  .object({ deleted: z.array(idOutput) })
  .meta({ id: "FlowBulkDeleteResponse" });
export type FlowBulkDeleteResponse = z.output<typeof flowBulkDeleteResponse>;
