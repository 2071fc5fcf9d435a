/** Values handed to a flow run while it runs: resume forms and messages (protocol sections 3.6 and 9.4). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { type FlowRunId, idOutput, type RunInputId } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export interface RunInputRecord {
  readonly id: RunInputId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly flow_run_id: FlowRunId;
  /** Unique in its flow run. */
  readonly key: string;
  /** By convention JSON text; the server never reads it. */
  readonly value: string;
  readonly sender: string | null;
}

/** A key becomes a path segment, so its letters are few. */
export const runInputKey = z.string().refine((key) => /^[a-z0-9-]*$/.test(key), {
  message: "value must only contain lowercase letters, numbers, and dashes.",
});

/** `POST /flow_runs/{id}/input`. */
export const runInputCreate = z.object({
  key: runInputKey.meta(documentedAs({ type: "string" })),
  value: z.string(),
  sender: z.string().nullable().default(null),
});
export type RunInputCreate = z.output<typeof runInputCreate>;

export const runInputResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    flow_run_id: idOutput,
    key: z.string(),
    value: z.string(),
    sender: z.string().nullable(),
  })
  .meta({ id: "FlowRunInput" });
export type RunInputResponse = z.output<typeof runInputResponse>;
