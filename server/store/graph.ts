/** The flow-run graph as data; moments are timestamps here and strings on the wire (protocol section 9.8). */
import type { ArtifactId, State, StateId, StateType, TaskRunId, Timestamp } from "@sluice/schemas";

export interface FlowRunGraph {
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  readonly root_node_ids: readonly string[];
  /** Ordered by start, then end. */
  readonly nodes: readonly (readonly [id: string, node: FlowRunGraphNode])[];
  readonly artifacts: readonly GraphArtifact[];
  readonly states: readonly GraphState[];
}

export interface FlowRunGraphNode {
  readonly kind: "flow-run" | "task-run";
  readonly id: string;
  readonly label: string;
  readonly state_type: StateType;
  readonly start_time: Timestamp;
  readonly end_time: Timestamp | null;
  readonly parents: readonly { readonly id: string }[];
  readonly children: readonly { readonly id: string }[];
  readonly encapsulating: readonly { readonly id: string }[];
  readonly artifacts: readonly GraphArtifact[];
}

export interface GraphArtifact {
  readonly id: ArtifactId;
  readonly created: Timestamp;
  readonly key: string | null;
  readonly type: string | null;
  readonly is_latest: boolean;
  /** Only of `progress` artifacts. */
  readonly data: unknown;
}

export interface GraphState {
  readonly id: StateId;
  readonly timestamp: Timestamp;
  readonly type: StateType;
  readonly name: string;
}

export interface FlowRunGraphV1Node {
  readonly id: TaskRunId;
  readonly name: string;
  readonly upstream_dependencies: readonly { readonly id: TaskRunId }[];
  readonly state: State | null;
  readonly expected_start_time: Timestamp | null;
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  readonly total_run_time: number;
  readonly untrackable_result: boolean;
}
