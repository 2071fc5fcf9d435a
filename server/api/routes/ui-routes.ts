/** Figures for screens (protocol section 2.3). */
import { formatTimestamp, StateType, type Timestamp, endpoints } from "@sluice/schemas";
import { notFound, unprocessable } from "../../commands/errors.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentSimpleFlowRun } from "../presenters/history-presenter.ts";
import { presentTaskRun } from "../presenters/task-run-presenter.ts";
import type { ApiServices } from "../services.ts";

/** Into how many slices the dashboard cuts its stretch of time. */
const DASHBOARD_BUCKETS = 20;

export function uiRoutes({ context }: ApiServices): Route[] {
  const { flows, flowRuns, taskRuns } = context.store.reads;
  return [
    route(endpoints.readUiFlowRunHistory, async ({ body }, call) => {
      const { sort, limit, offset, ...filters } = body;
      const query = { filters, sort, limit, offset, now: context.now() };
      const dots = await flowRuns.simpleHistory(call.workspace_id, query);
      return json(dots.map(presentSimpleFlowRun));
    }),
    route(endpoints.countTaskRunsByFlowRun, async ({ body }, call) =>
      json(inOrder(body.flow_run_ids, await flowRuns.countTaskRuns(call.workspace_id, body.flow_run_ids))),
    ),
    route(endpoints.countDeploymentsByFlow, async ({ body }, call) =>
      json(inOrder(body.flow_ids, await flows.countDeployments(call.workspace_id, body.flow_ids))),
    ),
    route(endpoints.readNextRunsByFlow, async ({ body }, call) => {
      const next = await flowRuns.nextRunOfFlows(call.workspace_id, body.flow_ids);
      const entries = body.flow_ids.map((id) => {
        const run = next.get(id);
        const moment = run && formatTimestamp(run.next_scheduled_start_time);
        return [id, run ? { ...run, next_scheduled_start_time: moment } : null];
      });
      return json(Object.fromEntries(entries));
    }),
    route(endpoints.readTaskRunDashboardCounts, async ({ body }, call) => {
      const { work_queues, ...filters } = body;
      const { after_, before_ } = body.task_runs.start_time ?? {};
      if (after_ == null) throw unprocessable("task_runs.start_time.after_ is required");
      const counts = await taskRuns.dashboardCounts(call.workspace_id, {
        filters: { ...filters, work_pool_queues: work_queues },
        start: startOfMinute(after_),
        end: endOfMinute(before_ ?? context.now()),
        buckets: DASHBOARD_BUCKETS,
      });
      return json(counts);
    }),
    route(endpoints.countTaskRunsByState, async ({ body }, call) => {
      const counts = await taskRuns.countByStateType(call.workspace_id, body);
      const types = Object.values(StateType);
      return json(Object.fromEntries(types.map((type) => [type, counts.get(type) ?? 0])));
    }),
    route(endpoints.readUiTaskRun, async ({ params }, call) => {
      const run = await taskRuns.read(call.workspace_id, params.id);
      if (!run) throw notFound("Task");
      const flowRun = run.flow_run_id && (await flowRuns.read(call.workspace_id, run.flow_run_id));
      return json({ ...presentTaskRun(run, context.now()), flow_run_name: flowRun ? flowRun.name : null });
    }),
    route(endpoints.validateSchemaValues, async ({ body }) => {
      // The validator is large and this is its only route.
      const { validateValues } = await import("./schema-values.ts");
      return json(validateValues(body.schema, body.values));
    }),
  ];
}

/** Counts by id, in the order in which the ids were asked for. */
function inOrder<Id extends string>(ids: readonly Id[], counts: ReadonlyMap<Id, number>) {
  return Object.fromEntries(ids.map((id) => [id, counts.get(id) ?? 0]));
}

const MINUTE = 60_000_000;

function startOfMinute(moment: Timestamp): Timestamp {
  return (moment - (moment % MINUTE)) as Timestamp; // a moment less a duration is a moment
}

function endOfMinute(moment: Timestamp): Timestamp {
  return (startOfMinute(moment) + MINUTE - 1) as Timestamp; // likewise
}
