/** Tasks for threads: they must be exports of a module. */
import { isMainThread } from "node:worker_threads";
import { emitEvent, runtime, task } from "@sluice/sdk";

export const sum = task(async function sum(a: number, b: number) {
  console.log("adding", a, "and", b);
  emitEvent({ event: "thread.summed", resource: { "prefect.resource.id": "sum" } });
  return { value: a + b, isOnThread: !isMainThread, run: runtime.taskRun.name };
});

export const spin = task(
  function spin() {
    for (;;);
  },
  { timeoutSeconds: 0.5 },
);
