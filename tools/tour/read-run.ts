/** What the API says about a flow run and everything under it. */
import type { Client } from "@sluice/client";
import type {
  endpoints,
  FlowRunResponse,
  LogResponse,
  ReceivedEventResponse,
  TaskRunResponse,
} from "@sluice/schemas";

export type ApiClient = Client<typeof endpoints>;

export interface RunRecord {
  readonly flowName: string;
  readonly run: FlowRunResponse;
  /** Task runs without those that stand for subflows, in the order of their start. */
  readonly tasks: readonly TaskRunResponse[];
  readonly subflows: readonly RunRecord[];
  readonly logs: readonly LogResponse[];
  /** Events about the run and its task runs, in the order in which they happened. */
  readonly events: readonly ReceivedEventResponse[];
  /** Ids of the nodes of the run's graph. */
  readonly graphNodes: readonly string[];
}

/** The latest run of a flow that started at or after `since`, or null. */
export async function findRun(
  client: ApiClient,
  flowName: string,
  since: Date,
): Promise<FlowRunResponse | null> {
  const [run] = await client.operations.readFlowRuns({
    body: {
      flows: { name: { any_: [flowName] } },
      flow_runs: { expected_start_time: { after_: since.toISOString() } },
      sort: "EXPECTED_START_TIME_DESC",
      limit: 1,
    },
  });
  return run ?? null;
}

export async function readRun(client: ApiClient, run: FlowRunResponse): Promise<RunRecord> {
  const { operations } = client;
  const ofRun = { flow_runs: { id: { any_: [run.id] } } };
  const [flow, taskRuns, logs, graph] = await Promise.all([
    operations.readFlow({ params: { id: run.flow_id } }),
    operations.readTaskRuns({ body: { ...ofRun, sort: "EXPECTED_START_TIME_ASC" } }),
    operations.readLogs({ body: { logs: { flow_run_id: { any_: [run.id] } } } }),
    operations.readFlowRunGraph({ params: { id: run.id } }),
  ]);
  const standIns = new Set(
    taskRuns.filter((task) => task.state?.state_details.child_flow_run_id).map(({ id }) => id),
  );
  const children =
    standIns.size === 0
      ? []
      : await operations.readFlowRuns({
          body: { flow_runs: { parent_task_run_id: { any_: [...standIns] } }, sort: "START_TIME_ASC" },
        });
  return {
    flowName: flow.name,
    run,
    tasks: taskRuns.filter(({ id }) => !standIns.has(id)),
    subflows: await Promise.all(children.map((child) => readRun(client, child))),
    logs,
    events: await readEvents(client, [run.id, ...taskRuns.map(({ id }) => id)]),
    graphNodes: graph.nodes.map(([id]) => id),
  };
}

async function readEvents(
  client: ApiClient,
  [flowRunId = "", ...taskRunIds]: string[],
): Promise<ReceivedEventResponse[]> {
  const ids = [`prefect.flow-run.${flowRunId}`, ...taskRunIds.map((id) => `prefect.task-run.${id}`)];
  const page = await client.operations.readEvents({
    body: { filter: { resource: { id: ids }, order: "ASC" }, limit: 50 },
  });
  return page.events;
}
