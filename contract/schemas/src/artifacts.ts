/** Artifacts, as far as runs need them: results and what the run graph shows (protocol section 9.3). */
import type { JsonObject } from "./fields.ts";
import type { ArtifactId, FlowRunId, TaskRunId } from "./ids.ts";
import type { Timestamp } from "./timestamps.ts";

/** The type of the hidden artifact that holds a state's result record; never listed in graphs. */
export const RESULT_ARTIFACT_TYPE = "result";
/** The only type whose data the graph carries. */
export const PROGRESS_ARTIFACT_TYPE = "progress";

export interface Artifact {
  readonly id: ArtifactId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly key: string | null;
  readonly type: string | null;
  readonly description: string | null;
  readonly data: unknown;
  /** With the underscore on the wire. */
  readonly metadata_: JsonObject | null;
  readonly flow_run_id: FlowRunId | null;
  readonly task_run_id: TaskRunId | null;
}
