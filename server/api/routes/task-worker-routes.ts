import { endpoints } from "@sluice/schemas";
import type { TaskWorker } from "../../store/task-queue.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentTaskWorker } from "../presenters/task-worker-presenter.ts";
import type { ApiServices } from "../services.ts";

export function taskWorkerRoutes({ context }: ApiServices): Route[] {
  const { taskQueue } = context.store.reads;
  return [
    route(endpoints.readTaskWorkers, async ({ body }, call) => {
      const keys = body.task_worker_filter?.task_keys ?? [];
      const connections = await taskQueue.listWorkers(
        call.workspace_id,
        keys.length > 0 ? keys : null,
        context.now(),
      );
      // A process with several connections is one worker.
      const workers = Map.groupBy(connections, ({ identifier }: TaskWorker) => identifier);
      return json([...workers.values()].map(presentTaskWorker));
    }),
  ];
}
