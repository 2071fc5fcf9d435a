/** A deployment's schedules, and the runs made from it. */
import { endpoints, formatTimestamp, MAXIMUM_BULK_FLOW_RUNS } from "@sluice/schemas";
import {
  createDeploymentFlowRun,
  createDeploymentFlowRuns,
} from "../../commands/create-deployment-flow-runs.ts";
import {
  createDeploymentSchedules,
  deleteDeploymentSchedule,
  updateDeploymentSchedule,
} from "../../commands/deployment-schedules.ts";
import { notFound, Refusal } from "../../commands/errors.ts";
import { pauseDeployment, resumeDeployment } from "../../commands/pause-deployment.ts";
import { markDeploymentsPolled } from "../../commands/poll-deployments.ts";
import { scheduleDeployment } from "../../commands/schedule-deployment.ts";
import type { WorkQueue } from "../../store/work-queues.ts";
import { createdOrFound, json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentFlowRun } from "../presenters/flow-run-presenter.ts";
import { momentOrNull } from "../presenters/moments.ts";
import { presentDeploymentSchedule } from "../presenters/schedule-presenter.ts";
import type { ApiServices } from "../services.ts";
import { refuseLargeParameters } from "./parameter-size.ts";

/** More queues than anybody has; the list is for a warning on a screen. */
const MAXIMUM_QUEUES = 10_000;

export function deploymentRunRoutes({ context, settings }: ApiServices): Route[] {
  const { deployments, flowRuns, workQueues } = context.store.reads;
  return [
    route(endpoints.readScheduledFlowRuns, async ({ body }, call) => {
      const { deployment_ids: ids, scheduled_before, limit } = body;
      const filters = {
        deployments: { operator: "and_" as const, id: { any_: ids } },
        flow_runs: {
          operator: "and_" as const,
          next_scheduled_start_time: { before_: scheduled_before },
          state: { operator: "and_" as const, type: { any_: ["SCHEDULED" as const] } },
        },
      };
      const query = { filters, sort: "NEXT_SCHEDULED_START_TIME_ASC", limit, offset: 0 } as const;
      const runs = await flowRuns.list(call.workspace_id, query);
      await markDeploymentsPolled(context, call.workspace_id, { ids });
      return json(runs.map((run) => presentFlowRun(run, context.now())));
    }),
    route(endpoints.scheduleDeployment, async ({ params, body }, call) => {
      await scheduleDeployment(context, call.workspace_id, params.id, body);
      return json(null);
    }),
    route(endpoints.resumeDeployment, async ({ params }, call) => {
      await resumeDeployment(context, call, params.id);
      return json(null);
    }),
    route(endpoints.pauseDeployment, async ({ params }, call) => {
      await pauseDeployment(context, call, params.id);
      return json(null);
    }),
    route(endpoints.createFlowRunFromDeployment, async ({ params, body }, call) => {
      refuseLargeParameters(body.parameters, settings.maxParameterBytes);
      const { run, created } = await createDeploymentFlowRun(context, call, params.id, body);
      return createdOrFound(presentFlowRun(run, context.now()), created);
    }),
    route(endpoints.bulkCreateFlowRunsFromDeployment, async ({ params, body }, call) => {
      for (const { parameters } of body.slice(0, MAXIMUM_BULK_FLOW_RUNS)) {
        refuseLargeParameters(parameters, settings.maxParameterBytes);
      }
      return json({ results: await createDeploymentFlowRuns(context, call, params.id, body) });
    }),
    route(endpoints.checkWorkQueuesForDeployment, async ({ params }, call) => {
      const deployment = await deployments.read(call.workspace_id, params.id);
      if (!deployment) throw notFound("Deployment");
      const page = { filter: null, limit: MAXIMUM_QUEUES, offset: 0 };
      const queues = await workQueues.list(call.workspace_id, page);
      return json(queues.filter(({ filter }) => letsPass(filter, deployment)).map(presentQueue));
    }),
    route(endpoints.readDeploymentSchedules, async ({ params }, call) => {
      const deployment = await deployments.read(call.workspace_id, params.id);
      if (!deployment) throw new Refusal("not_found", "Deployment not found.");
      return json(deployment.schedules.map(presentDeploymentSchedule));
    }),
    route(endpoints.createDeploymentSchedules, async ({ params, body }, call) => {
      const schedules = await createDeploymentSchedules(context, call, params.id, body);
      return json(schedules.map(presentDeploymentSchedule), 201);
    }),
    route(endpoints.updateDeploymentSchedule, async ({ params, body }, call) => {
      await updateDeploymentSchedule(context, call, params, body);
      return noContent();
    }),
    route(endpoints.deleteDeploymentSchedule, async ({ params }, call) => {
      await deleteDeploymentSchedule(context, call, params);
      return noContent();
    }),
  ];
}

function letsPass(
  filter: WorkQueue["filter"],
  { id, tags }: { readonly id: string; readonly tags: readonly string[] },
): boolean {
  const { tags: wanted, deployment_ids: ids } = filter ?? { tags: null, deployment_ids: null };
  const hasTags = (wanted ?? []).every((tag) => tags.includes(tag));
  return hasTags && (!ids || ids.length === 0 || ids.some((wantedId) => wantedId === id));
}

function presentQueue(queue: WorkQueue) {
  return {
    id: queue.id,
    created: formatTimestamp(queue.created),
    updated: formatTimestamp(queue.updated),
    name: queue.name,
    description: queue.description,
    is_paused: queue.is_paused,
    concurrency_limit: queue.concurrency_limit,
    priority: queue.priority,
    work_pool_id: queue.work_pool_id,
    filter: queue.filter,
    last_polled: momentOrNull(queue.last_polled),
  };
}
