/** The run graph on the wire (protocol section 9.8). */
import {
  durationToSeconds,
  estimatedRunTime,
  formatTimestamp,
  NO_TIME,
  type Timestamp,
} from "@sluice/schemas";
import type { FlowRunGraph, FlowRunGraphNode, FlowRunGraphV1Node, GraphArtifact } from "../../store/graph.ts";
import { momentOrNull } from "./moments.ts";
import { presentStateOrNull } from "./state-presenter.ts";

export function presentGraph(graph: FlowRunGraph) {
  return {
    start_time: momentOrNull(graph.start_time),
    end_time: momentOrNull(graph.end_time),
    root_node_ids: graph.root_node_ids,
    nodes: graph.nodes.map(([id, node]) => [id, presentNode(node)]),
    artifacts: graph.artifacts.map(presentArtifact),
    states: graph.states.map((state) => ({ ...state, timestamp: formatTimestamp(state.timestamp) })),
  };
}

function presentNode(node: FlowRunGraphNode) {
  return {
    ...node,
    start_time: formatTimestamp(node.start_time),
    end_time: momentOrNull(node.end_time),
    artifacts: node.artifacts.map(presentArtifact),
  };
}

function presentArtifact(artifact: GraphArtifact) {
  return { ...artifact, created: formatTimestamp(artifact.created) };
}

/** The older graph: one entry per task run; `now` is the moment estimates are made for. */
export function presentGraphV1(nodes: readonly FlowRunGraphV1Node[], now: Timestamp) {
  return nodes.map((node) => ({
    id: node.id,
    name: node.name,
    upstream_dependencies: node.upstream_dependencies,
    state: presentStateOrNull(node.state),
    expected_start_time: momentOrNull(node.expected_start_time),
    start_time: momentOrNull(node.start_time),
    end_time: momentOrNull(node.end_time),
    total_run_time: durationToSeconds(node.total_run_time ?? NO_TIME),
    estimated_run_time: durationToSeconds(
      estimatedRunTime({ ...node, total_run_time: node.total_run_time ?? NO_TIME }, now),
    ),
    untrackable_result: node.untrackable_result,
  }));
}
