/** Many flow runs at once: lists, counts, charts, bulk operations. */
import { durationFromSeconds, endpoints } from "@sluice/schemas";
import { bulkSetFlowRunState } from "../../commands/bulk-set-flow-run-state.ts";
import { bulkDeleteFlowRuns } from "../../commands/delete-flow-runs.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentFlowRun } from "../presenters/flow-run-presenter.ts";
import { presentHistory } from "../presenters/history-presenter.ts";
import { presentOrchestrationResult } from "../presenters/orchestration-result-presenter.ts";
import type { ApiServices } from "../services.ts";
import { pageOffset, presentPage } from "./pages.ts";

export function flowRunListRoutes({ context }: ApiServices): Route[] {
  const { flowRuns } = context.store.reads;
  return [
    route(endpoints.readFlowRuns, async ({ body }, call) => {
      const { sort, limit, offset, ...filters } = body;
      const found = await flowRuns.list(call.workspace_id, { filters, sort, limit, offset });
      const now = context.now();
      return json(found.map((run) => presentFlowRun(run, now)));
    }),
    route(endpoints.paginateFlowRuns, async ({ body }, call) => {
      const { sort, limit, page, ...filters } = body;
      const query = { filters, sort, limit, offset: pageOffset(body) };
      const [found, count] = await Promise.all([
        flowRuns.list(call.workspace_id, query),
        flowRuns.count(call.workspace_id, filters),
      ]);
      const now = context.now();
      const results = found.map((run) => presentFlowRun(run, now));
      return json(presentPage(results, count, { page, limit }));
    }),
    route(endpoints.countFlowRuns, async ({ body }, call) =>
      json(await flowRuns.count(call.workspace_id, body)),
    ),
    route(endpoints.readFlowRunLateness, async ({ body }, call) =>
      json(await flowRuns.averageLateness(call.workspace_id, body, context.now())),
    ),
    route(endpoints.readFlowRunHistory, async ({ body }, call) => {
      const { history_start, history_end, history_interval_seconds, work_queues, ...rest } = body;
      const buckets = await flowRuns.history(call.workspace_id, {
        filters: { ...rest, work_pool_queues: work_queues },
        start: history_start,
        end: history_end,
        interval: durationFromSeconds(history_interval_seconds),
        now: context.now(),
      });
      return json(presentHistory(buckets));
    }),
    route(endpoints.bulkDeleteFlowRuns, async ({ body }, call) =>
      json({ deleted: await bulkDeleteFlowRuns(context, call, body.flow_runs, body.limit) }),
    ),
    route(endpoints.bulkSetFlowRunState, async ({ body }, call) => {
      const { flow_runs, limit, ...proposal } = body;
      const results = await bulkSetFlowRunState(context, call, flow_runs, proposal, limit);
      return json({
        results: results.map((result) => ({
          flow_run_id: result.flow_run_id,
          ...presentOrchestrationResult(result),
        })),
      });
    }),
  ];
}
