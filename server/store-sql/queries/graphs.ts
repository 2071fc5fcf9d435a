/** The run graphs (protocol section 9.8): nodes are loaded by query, edges are drawn here. */
import {
  type DependencyResult,
  ENCAPSULATING_INPUTS_KEY,
  type FlowRunId,
  type GraphArtifact,
  type GraphNode,
  type GraphState,
  PROGRESS_ARTIFACT_TYPE,
  RESULT_ARTIFACT_TYPE,
  type StateType,
  type TaskInputs,
  type TaskRunId,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import { GraphTooLargeError } from "../../store/errors.ts";
import type { FlowRunReads } from "../../store/flow-runs.ts";
import type { FlowRunGraph, FlowRunGraphV1Node } from "../../store/graph.ts";
import { decodeJson } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { decodeTaskRun, TASK_RUN_COLUMNS, TASK_RUN_TABLES } from "./task-run-rows.ts";

type NodeId = GraphNode["id"];

interface NodeRow {
  readonly id: NodeId;
  readonly kind: GraphNode["kind"];
  readonly label: string;
  readonly state_type: StateType;
  readonly start_time: Timestamp;
  readonly end_time: Timestamp | null;
  readonly task_run_id: TaskRunId;
  readonly task_inputs: string;
}

export async function selectGraphV1(
  { db }: Session,
  workspaceId: WorkspaceId,
  flowRunId: FlowRunId,
): Promise<FlowRunGraphV1Node[]> {
  const { rows } = await sql<object>`SELECT ${TASK_RUN_COLUMNS} FROM ${TASK_RUN_TABLES}
    WHERE task_run.flow_run_id = ${flowRunId} AND task_run.workspace_id = ${workspaceId}
    ORDER BY task_run.id DESC`.execute(db);
  return rows.map(decodeTaskRun).map((run) => ({
    id: run.id,
    name: run.name,
    upstream_dependencies: upstreamTaskRuns(run.task_inputs),
    state: run.state,
    expected_start_time: run.expected_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    untrackable_result: run.state?.state_details.untrackable_result ?? false,
  }));
}

function upstreamTaskRuns(inputs: TaskInputs): DependencyResult["upstream_dependencies"] {
  const ids = Object.values(inputs)
    .flat()
    .flatMap((input) => (input.input_type === "task_run" ? [input.id] : []));
  return [...new Set(ids)].map((id) => ({ input_type: "task_run", id }));
}

export async function selectGraphV2(
  session: Session,
  workspaceId: WorkspaceId,
  flowRunId: FlowRunId,
  options: Parameters<FlowRunReads["graphV2"]>[2],
): Promise<FlowRunGraph | null> {
  const { rows } = await sql<{ start_time: Timestamp | null; end_time: Timestamp | null }>`
    SELECT coalesce(start_time, expected_start_time) AS start_time, end_time FROM flow_run
    WHERE id = ${flowRunId} AND workspace_id = ${workspaceId}`.execute(session.db);
  const [run] = rows;
  if (run === undefined) return null;
  const { since, maxNodes, maxArtifacts } = options;
  const isKept = since === null ? sql`1 = 1` : sql`(end_time IS NULL OR end_time >= ${since})`;
  const kept = await selectNodes(session, flowRunId, sql`${isKept} LIMIT ${maxNodes + 1}`);
  if (kept.length > maxNodes) {
    throw new GraphTooLargeError(`The graph of flow run ${flowRunId} has more than ${maxNodes} nodes.`);
  }
  kept.sort(byTimes);
  const artifacts = await selectArtifacts(session, flowRunId, maxArtifacts);
  const nodes = drawEdges(kept, await selectLeftOutParents(session, flowRunId, kept), artifacts);
  return {
    ...run,
    root_node_ids: nodes.filter((node) => node.parents.length === 0).map((node) => node.id),
    nodes: nodes.map((node) => [node.id, node]),
    artifacts: artifacts.get(null) ?? [],
    states: await selectGraphStates(session, flowRunId),
  };
}

/** One node per task run; one that stands for a subflow run appears as that run. */
async function selectNodes(
  { db }: Session,
  flowRunId: FlowRunId,
  condition: RawBuilder<unknown>,
): Promise<NodeRow[]> {
  const { rows } = await sql<NodeRow>`SELECT * FROM (
      SELECT coalesce(subflow.id, task_run.id) AS id,
        CASE WHEN subflow.id IS NULL THEN 'task-run' ELSE 'flow-run' END AS kind,
        coalesce(flow.name || ' / ' || subflow.name, task_run.name) AS label,
        coalesce(subflow.state_type, task_run.state_type) AS state_type,
        coalesce(subflow.start_time, subflow.expected_start_time, task_run.start_time, task_run.expected_start_time)
          AS start_time,
        coalesce(subflow.end_time, task_run.end_time,
          CASE WHEN task_run.state_type = 'COMPLETED' THEN task_run.expected_start_time END) AS end_time,
        task_run.id AS task_run_id, task_run.task_inputs AS task_inputs
      FROM task_run
      LEFT JOIN flow_run AS subflow ON subflow.parent_task_run_id = task_run.id
      LEFT JOIN flow ON flow.id = subflow.flow_id
      WHERE task_run.flow_run_id = ${flowRunId}) AS node
    WHERE start_time IS NOT NULL AND state_type IS NOT NULL AND ${condition}`.execute(db);
  return rows;
}

/** Parents that `since` left out: edges to them stay. */
async function selectLeftOutParents(
  session: Session,
  flowRunId: FlowRunId,
  kept: readonly NodeRow[],
): Promise<NodeRow[]> {
  const keptIds = new Set<string>(kept.map((node) => node.id));
  const missing = new Set(kept.flatMap((node) => inputIds(node).filter((id) => !keptIds.has(id))));
  if (missing.size === 0) return [];
  return selectNodes(
    session,
    flowRunId,
    sql`${session.dialect.inList(sql.ref("node.id"), "uuid", [...missing])}`,
  );
}

function inputIds(node: NodeRow): NodeId[] {
  return inputsOf(node).flatMap(([, sources]) =>
    sources.flatMap((source) => ("id" in source ? [source.id] : [])),
  );
}

function inputsOf(node: NodeRow): [string, TaskInputs[string]][] {
  return Object.entries(decodeJson(node.task_inputs) as TaskInputs); // written by `encodeTaskRun`
}

function drawEdges(
  kept: readonly NodeRow[],
  leftOut: readonly NodeRow[],
  artifacts: ReadonlyMap<TaskRunId | null, readonly GraphArtifact[]>,
): GraphNode[] {
  const all = new Map([...kept, ...leftOut].map((node) => [node.id, node]));
  const children = new Map<NodeId, NodeRow[]>();
  const drawn = kept.map((node) => {
    const parents = new Set<NodeRow>();
    const encapsulating = new Set<NodeRow>();
    for (const [key, sources] of inputsOf(node)) {
      for (const source of sources) {
        const parent = "id" in source ? all.get(source.id) : undefined;
        if (parent) (key === ENCAPSULATING_INPUTS_KEY ? encapsulating : parents).add(parent);
      }
    }
    for (const parent of parents) {
      const siblings = children.get(parent.id);
      if (siblings) siblings.push(node);
      else children.set(parent.id, [node]);
    }
    return { node, parents, encapsulating };
  });
  return drawn.map(({ node, parents, encapsulating }) => ({
    kind: node.kind,
    id: node.id,
    label: node.label,
    state_type: node.state_type,
    start_time: node.start_time,
    end_time: node.end_time,
    parents: edges(parents),
    children: edges(children.get(node.id) ?? []),
    encapsulating: edges(encapsulating),
    artifacts: artifacts.get(node.task_run_id) ?? [],
  }));
}

function edges(nodes: Iterable<NodeRow>): { id: NodeId }[] {
  return [...nodes].sort(byTimes).map(({ id }) => ({ id }));
}

/** By start, then end with the unfinished last. */
function byTimes(a: NodeRow, b: NodeRow): number {
  return (
    a.start_time - b.start_time ||
    (a.end_time ?? Number.MAX_SAFE_INTEGER) - (b.end_time ?? Number.MAX_SAFE_INTEGER) ||
    (a.id < b.id ? -1 : 1)
  );
}

async function selectArtifacts(
  { db }: Session,
  flowRunId: FlowRunId,
  limit: number,
): Promise<Map<TaskRunId | null, GraphArtifact[]>> {
  const { rows } = await sql<
    Omit<GraphArtifact, "is_latest" | "data"> & {
      task_run_id: TaskRunId | null;
      latest_id: string | null;
      data: string | null;
    }
  >`SELECT artifact.id, artifact.created, artifact.key, artifact.type, artifact.task_run_id,
      latest.latest_id AS latest_id,
      CASE WHEN artifact.type = ${PROGRESS_ARTIFACT_TYPE} THEN artifact.data END AS data
    FROM artifact LEFT JOIN artifact_collection AS latest ON latest.latest_id = artifact.id
    WHERE artifact.flow_run_id = ${flowRunId} AND artifact.type <> ${RESULT_ARTIFACT_TYPE}
    ORDER BY artifact.created, artifact.id LIMIT ${limit}`.execute(db);
  const byTaskRun = Map.groupBy(rows, (row) => row.task_run_id);
  return new Map(
    [...byTaskRun].map(([taskRunId, artifacts]) => [
      taskRunId,
      artifacts.map((artifact) => ({
        id: artifact.id,
        created: artifact.created,
        key: artifact.key,
        type: artifact.type,
        is_latest: artifact.key === null || artifact.latest_id !== null,
        data: decodeJson(artifact.data),
      })),
    ]),
  );
}

async function selectGraphStates({ db }: Session, flowRunId: FlowRunId): Promise<GraphState[]> {
  const { rows } = await sql<GraphState>`SELECT id, timestamp, type, name FROM flow_run_state
    WHERE flow_run_id = ${flowRunId} ORDER BY timestamp`.execute(db);
  return rows;
}
