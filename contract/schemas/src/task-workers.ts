/** Task workers: processes that wait for runs of background tasks (protocol section 4.4). */
import { z } from "zod";
import { timestampOutput } from "./timestamps.ts";

/** `POST /task_workers/filter`: no keys at all select every worker. */
export const taskWorkerFilter = z.object({ task_keys: z.array(z.string()) }).meta({ id: "TaskWorkerFilter" });

/** A task worker while it is connected. */
export const taskWorkerResponse = z
  .object({
    /** What the worker calls itself: for a stock one its host and process id. */
    identifier: z.string(),
    task_keys: z.array(z.string()),
    /** When it was last known to be connected. */
    timestamp: timestampOutput,
  })
  .meta({ id: "TaskWorkerResponse" });
export type TaskWorkerResponse = z.output<typeof taskWorkerResponse>;
