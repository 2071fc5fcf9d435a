/** Which task runs. */
import { z } from "zod";
import { stateType } from "../states.ts";
import { flag, ids, like, momentRange, operatorField, strings } from "./criteria.ts";

const stateFilter = z
  .strictObject({
    operator: operatorField,
    type: z
      .strictObject({ any_: z.array(stateType).nullish() })
      .meta({ id: "TaskRunFilterStateType" })
      .nullish(),
    name: z.strictObject({ any_: strings }).meta({ id: "TaskRunFilterStateName" }).nullish(),
  })
  .meta({ id: "TaskRunFilterState" });

export const taskRunFilter = z
  .strictObject({
    operator: operatorField,
    id: z.strictObject({ any_: ids<"task-run">() }).meta({ id: "TaskRunFilterId" }).nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "TaskRunFilterName" }).nullish(),
    tags: z
      .strictObject({ operator: operatorField, all_: strings, is_null_: flag })
      .meta({ id: "TaskRunFilterTags" })
      .nullish(),
    state: stateFilter.nullish(),
    start_time: z
      .strictObject({ ...momentRange, is_null_: flag })
      .meta({ id: "TaskRunFilterStartTime" })
      .nullish(),
    end_time: z
      .strictObject({ ...momentRange, is_null_: flag })
      .meta({ id: "TaskRunFilterEndTime" })
      .nullish(),
    expected_start_time: z.strictObject(momentRange).meta({ id: "TaskRunFilterExpectedStartTime" }).nullish(),
    /** `exists_` true: stands for a subflow run. */
    subflow_runs: z.strictObject({ exists_: flag }).meta({ id: "TaskRunFilterSubFlowRuns" }).nullish(),
    flow_run_id: z
      .strictObject({
        operator: operatorField,
        any_: ids<"flow-run">(),
        is_null_: z.boolean().nullable().default(false),
      })
      .meta({ id: "TaskRunFilterFlowRunId" })
      .nullish(),
  })
  .meta({ id: "TaskRunFilter" });
export type TaskRunFilter = z.output<typeof taskRunFilter>;
