/** The run graph: task runs and subflows of one flow run, and what waited for what (protocol section 9.8). */
import { z } from "zod";
import { type ArtifactId, type FlowRunId, idOutput, type StateId, type TaskRunId } from "./ids.ts";
import { type State, type StateType, stateResponse, stateType } from "./states.ts";
import { taskRunInput } from "./task-inputs.ts";
import { type Duration, type Timestamp, timestampOutput } from "./timestamps.ts";

/** A graph of more nodes is refused with 400; artifacts past this are left out. */
export const MAXIMUM_GRAPH_NODES = 10_000;
export const MAXIMUM_GRAPH_ARTIFACTS = 10_000;

export interface GraphEdge {
  readonly id: TaskRunId | FlowRunId;
}

export interface GraphArtifact {
  readonly id: ArtifactId;
  readonly created: Timestamp;
  readonly key: string | null;
  readonly type: string | null;
  /** The newest of its key. */
  readonly is_latest: boolean;
  /** Only for artifacts of type `progress`, else null. */
  readonly data: unknown;
}

export interface GraphState {
  readonly id: StateId;
  readonly timestamp: Timestamp;
  readonly type: StateType;
  readonly name: string;
}

export interface GraphNode {
  readonly kind: "flow-run" | "task-run";
  readonly id: TaskRunId | FlowRunId;
  readonly label: string;
  readonly state_type: StateType;
  readonly start_time: Timestamp;
  readonly end_time: Timestamp | null;
  readonly parents: readonly GraphEdge[];
  readonly children: readonly GraphEdge[];
  readonly encapsulating: readonly GraphEdge[];
  readonly artifacts: readonly GraphArtifact[];
}

export interface Graph {
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  readonly root_node_ids: readonly (TaskRunId | FlowRunId)[];
  /** An ordered map as pairs: by start time, then end time. */
  readonly nodes: readonly (readonly [TaskRunId | FlowRunId, GraphNode])[];
  readonly artifacts: readonly GraphArtifact[];
  readonly states: readonly GraphState[];
}

/** One entry of the older graph (`GET /flow_runs/{id}/graph`). */
export interface DependencyResult {
  readonly id: TaskRunId;
  readonly name: string;
  readonly upstream_dependencies: readonly { readonly input_type: "task_run"; readonly id: TaskRunId }[];
  readonly state: State | null;
  readonly expected_start_time: Timestamp | null;
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  readonly total_run_time: Duration | null;
  readonly estimated_run_time: Duration | null;
  readonly untrackable_result: boolean;
}

const edge = z.object({ id: idOutput }).meta({ id: "Edge" });

const graphArtifact = z
  .object({
    id: idOutput,
    created: timestampOutput,
    key: z.string().nullable(),
    type: z.string().nullable(),
    is_latest: z.boolean(),
    data: z.unknown(),
  })
  .meta({ id: "GraphArtifact" });

const graphState = z
  .object({ id: idOutput, timestamp: timestampOutput, type: stateType, name: z.string() })
  .meta({ id: "GraphState" });

const graphNode = z
  .object({
    kind: z.enum(["flow-run", "task-run"]),
    id: idOutput,
    label: z.string(),
    state_type: stateType,
    start_time: timestampOutput,
    end_time: timestampOutput.nullable(),
    parents: z.array(edge),
    children: z.array(edge),
    encapsulating: z.array(edge),
    artifacts: z.array(graphArtifact),
  })
  .meta({ id: "Node" });

export const graphResponse = z
  .object({
    start_time: timestampOutput.nullable(),
    end_time: timestampOutput.nullable(),
    root_node_ids: z.array(idOutput),
    nodes: z.array(z.tuple([idOutput, graphNode])),
    artifacts: z.array(graphArtifact),
    states: z.array(graphState),
  })
  .meta({ id: "Graph" });
export type GraphResponse = z.output<typeof graphResponse>;

export const dependencyResultResponse = z
  .object({
    id: idOutput,
    name: z.string(),
    upstream_dependencies: z.array(taskRunInput),
    state: stateResponse.nullable(),
    expected_start_time: timestampOutput.nullable(),
    start_time: timestampOutput.nullable(),
    end_time: timestampOutput.nullable(),
    total_run_time: z.number().nullable(),
    estimated_run_time: z.number().nullable(),
    untrackable_result: z.boolean(),
  })
  .meta({ id: "DependencyResult" });
export type DependencyResultResponse = z.output<typeof dependencyResultResponse>;
