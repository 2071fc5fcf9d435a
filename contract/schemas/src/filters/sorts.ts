/** The orders in which lists come. */
import { z } from "zod";

export const FLOW_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] as const;
export type FlowSort = (typeof FLOW_SORTS)[number];
export const flowSort = z.enum(FLOW_SORTS).meta({ id: "FlowSort" });

export const FLOW_RUN_SORTS = [
  "ID_DESC",
  "START_TIME_ASC",
  "START_TIME_DESC",
  "EXPECTED_START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "NAME_ASC",
  "NAME_DESC",
  "NEXT_SCHEDULED_START_TIME_ASC",
  "END_TIME_DESC",
] as const;
export type FlowRunSort = (typeof FLOW_RUN_SORTS)[number];
export const flowRunSort = z.enum(FLOW_RUN_SORTS).meta({ id: "FlowRunSort" });

export const TASK_RUN_SORTS = [
  "ID_DESC",
  "EXPECTED_START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "NAME_ASC",
  "NAME_DESC",
  "NEXT_SCHEDULED_START_TIME_ASC",
  "END_TIME_DESC",
] as const;
export type TaskRunSort = (typeof TASK_RUN_SORTS)[number];
export const taskRunSort = z.enum(TASK_RUN_SORTS).meta({ id: "TaskRunSort" });

export const DEPLOYMENT_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] as const;
export type DeploymentSort = (typeof DEPLOYMENT_SORTS)[number];
export const deploymentSort = z.enum(DEPLOYMENT_SORTS).meta({ id: "DeploymentSort" });

export const LOG_SORTS = ["TIMESTAMP_ASC", "TIMESTAMP_DESC"] as const;
export type LogSort = (typeof LOG_SORTS)[number];
export const logSort = z.enum(LOG_SORTS).meta({ id: "LogSort" });

export const VARIABLE_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_DESC", "NAME_ASC"] as const;
export type VariableSort = (typeof VARIABLE_SORTS)[number];
export const variableSort = z.enum(VARIABLE_SORTS).meta({ id: "VariableSort" });

export const ARTIFACT_SORTS = ["CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC"] as const;
export type ArtifactSort = (typeof ARTIFACT_SORTS)[number];
export const artifactSort = z.enum(ARTIFACT_SORTS).meta({ id: "ArtifactSort" });
/** The same orders, by the columns of the collection. */
export const artifactCollectionSort = z.enum(ARTIFACT_SORTS).meta({ id: "ArtifactCollectionSort" });

export const BLOCK_DOCUMENT_SORTS = ["NAME_DESC", "NAME_ASC", "BLOCK_TYPE_AND_NAME_ASC"] as const;
export type BlockDocumentSort = (typeof BLOCK_DOCUMENT_SORTS)[number];
export const blockDocumentSort = z.enum(BLOCK_DOCUMENT_SORTS).meta({ id: "BlockDocumentSort" });
