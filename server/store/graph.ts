/** The two graphs of a flow run, as the contract describes them (protocol section 9.8). */
import type { DependencyResult, Graph, GraphNode } from "@sluice/schemas";

export type { GraphArtifact } from "@sluice/schemas";
export type FlowRunGraph = Graph;
export type FlowRunGraphNode = GraphNode;
/** A node of the older graph; the caller adds what moves with the clock. */
export type FlowRunGraphV1Node = Omit<DependencyResult, "estimated_run_time">;
