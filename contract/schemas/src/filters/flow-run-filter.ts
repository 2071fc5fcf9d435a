/** Which flow runs. */
import { z } from "zod";
import { stateType } from "../states.ts";
import { flag, ids, like, momentRange, operatorField, strings } from "./criteria.ts";

const stateTypes = z.array(stateType).nullish();

const stateFilter = z
  .strictObject({
    operator: operatorField,
    type: z
      .strictObject({ any_: stateTypes, not_any_: stateTypes })
      .meta({ id: "FlowRunFilterStateType" })
      .nullish(),
    name: z
      .strictObject({ any_: strings, not_any_: strings })
      .meta({ id: "FlowRunFilterStateName" })
      .nullish(),
  })
  .meta({ id: "FlowRunFilterState" });

export const flowRunFilter = z
  .strictObject({
    operator: operatorField,
    id: z
      .strictObject({ any_: ids<"flow-run">(), not_any_: ids<"flow-run">() })
      .meta({ id: "FlowRunFilterId" })
      .nullish(),
    name: z.strictObject({ any_: strings, like_: like }).meta({ id: "FlowRunFilterName" }).nullish(),
    tags: z
      .strictObject({ operator: operatorField, all_: strings, any_: strings, is_null_: flag })
      .meta({ id: "FlowRunFilterTags" })
      .nullish(),
    deployment_id: z
      .strictObject({ operator: operatorField, any_: ids<"deployment">(), is_null_: flag })
      .meta({ id: "FlowRunFilterDeploymentId" })
      .nullish(),
    work_queue_name: z
      .strictObject({ operator: operatorField, any_: strings, is_null_: flag })
      .meta({ id: "FlowRunFilterWorkQueueName" })
      .nullish(),
    state: stateFilter.nullish(),
    flow_version: z.strictObject({ any_: strings }).meta({ id: "FlowRunFilterFlowVersion" }).nullish(),
    start_time: z
      .strictObject({ ...momentRange, is_null_: flag })
      .meta({ id: "FlowRunFilterStartTime" })
      .nullish(),
    end_time: z
      .strictObject({ ...momentRange, is_null_: flag })
      .meta({ id: "FlowRunFilterEndTime" })
      .nullish(),
    expected_start_time: z.strictObject(momentRange).meta({ id: "FlowRunFilterExpectedStartTime" }).nullish(),
    next_scheduled_start_time: z
      .strictObject(momentRange)
      .meta({ id: "FlowRunFilterNextScheduledStartTime" })
      .nullish(),
    parent_flow_run_id: z
      .strictObject({ operator: operatorField, any_: ids<"flow-run">() })
      .meta({ id: "FlowRunFilterParentFlowRunId" })
      .nullish(),
    parent_task_run_id: z
      .strictObject({ operator: operatorField, any_: ids<"task-run">(), is_null_: flag })
      .meta({ id: "FlowRunFilterParentTaskRunId" })
      .nullish(),
    idempotency_key: z
      .strictObject({ any_: strings, not_any_: strings })
      .meta({ id: "FlowRunFilterIdempotencyKey" })
      .nullish(),
    created_by: z
      .strictObject({ operator: operatorField, id_: ids<"actor">(), type_: strings, is_null_: flag })
      .meta({ id: "FlowRunFilterCreatedBy" })
      .nullish(),
  })
  .meta({ id: "FlowRunFilter" });
export type FlowRunFilter = z.output<typeof flowRunFilter>;
