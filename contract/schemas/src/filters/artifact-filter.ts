/** Which artifacts, and which of the newest of their keys (protocol section 9.3). */
import { z } from "zod";
import { flag, ids, like, operatorField, strings } from "./criteria.ts";

export const artifactFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"artifact">() }).meta({ id: "ArtifactFilterId" }).nullish(),
    ...sharedFields("ArtifactFilter"),
  })
  .meta({ id: "ArtifactFilter" });
export type ArtifactFilter = z.output<typeof artifactFilter>;

export const artifactCollectionFilter = z
  .strictObject({
    operator: operatorField,
    latest_id: z
      .strictObject({ any_: ids<"artifact">() })
      .meta({ id: "ArtifactCollectionFilterLatestId" })
      .nullish(),
    ...sharedFields("ArtifactCollectionFilter"),
  })
  .meta({ id: "ArtifactCollectionFilter" });
export type ArtifactCollectionFilter = z.output<typeof artifactCollectionFilter>;

function sharedFields(prefix: string) {
  return {
    key: z
      .strictObject({ any_: strings, like_: like, exists_: flag })
      .meta({ id: `${prefix}Key` })
      .nullish(),
    flow_run_id: z
      .strictObject({ any_: ids<"flow-run">() })
      .meta({ id: `${prefix}FlowRunId` })
      .nullish(),
    task_run_id: z
      .strictObject({ any_: ids<"task-run">() })
      .meta({ id: `${prefix}TaskRunId` })
      .nullish(),
    type: z
      .strictObject({ any_: strings, not_any_: strings })
      .meta({ id: `${prefix}Type` })
      .nullish(),
  };
}
