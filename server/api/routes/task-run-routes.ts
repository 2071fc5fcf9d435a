import { durationFromSeconds, endpoints } from "@sluice/schemas";
import { createTaskRun } from "../../commands/create-task-run.ts";
import { notFound } from "../../commands/errors.ts";
import { setTaskRunState } from "../../commands/set-task-run-state.ts";
import { deleteTaskRun, updateTaskRun } from "../../commands/update-task-run.ts";
import { createdOrFound, json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentHistory } from "../presenters/history-presenter.ts";
import { presentTaskRun, presentTaskRunPageItem } from "../presenters/task-run-presenter.ts";
import type { ApiServices } from "../services.ts";
import { answerProposal } from "./flow-run-routes.ts";
import { pageOffset, presentPage } from "./pages.ts";

export function taskRunRoutes({ context }: ApiServices): Route[] {
  const { taskRuns } = context.store.reads;
  return [
    route(endpoints.createTaskRun, async ({ body }, call) => {
      const { run, created } = await createTaskRun(context, call, body);
      return createdOrFound(presentTaskRun(run, context.now()), created);
    }),
    route(endpoints.readTaskRun, async ({ params }, call) => {
      const run = await taskRuns.read(call.workspace_id, params.id);
      if (!run) throw notFound("Task");
      return json(presentTaskRun(run, context.now()));
    }),
    route(endpoints.readTaskRuns, async ({ body }, call) => {
      const { sort, limit, offset, ...filters } = body;
      const found = await taskRuns.list(call.workspace_id, { filters, sort, limit, offset });
      const now = context.now();
      return json(found.map((run) => presentTaskRun(run, now)));
    }),
    route(endpoints.paginateTaskRuns, async ({ body }, call) => {
      const { sort, limit, page, ...filters } = body;
      const query = { filters, sort, limit, offset: pageOffset(body) };
      const [found, count] = await Promise.all([
        taskRuns.list(call.workspace_id, query),
        taskRuns.count(call.workspace_id, filters),
      ]);
      const now = context.now();
      const results = found.map((run) => presentTaskRunPageItem(run, now));
      return json(presentPage(results, count, { page, limit }));
    }),
    route(endpoints.countTaskRuns, async ({ body }, call) =>
      json(await taskRuns.count(call.workspace_id, body)),
    ),
    route(endpoints.readTaskRunHistory, async ({ body }, call) => {
      const { history_start, history_end, history_interval_seconds, ...filters } = body;
      const buckets = await taskRuns.history(call.workspace_id, {
        filters,
        start: history_start,
        end: history_end,
        interval: durationFromSeconds(history_interval_seconds),
        now: context.now(),
      });
      return json(presentHistory(buckets));
    }),
    route(endpoints.updateTaskRun, async ({ params, body }, call) => {
      await updateTaskRun(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.deleteTaskRun, async ({ params }, call) => {
      await deleteTaskRun(context, call, params.id);
      return noContent();
    }),
    route(endpoints.setTaskRunState, async ({ params, body }, call) =>
      answerProposal(await setTaskRunState(context, call, params.id, body)),
    ),
  ];
}
