/** Endpoints of task workers. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { taskWorkerFilter, taskWorkerResponse } from "../task-workers.ts";

export const taskWorkerEndpoints = {
  readTaskWorkers: endpoint({
    operationId: "readTaskWorkers",
    method: "POST",
    path: "/task_workers/filter",
    tag: "Task Workers",
    summary: "List the task workers that are connected, all or those of some tasks",
    body: z.object({ task_worker_filter: taskWorkerFilter.nullish() }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(taskWorkerResponse),
  }),
};
