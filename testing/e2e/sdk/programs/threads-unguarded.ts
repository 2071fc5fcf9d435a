/** A module that runs its flow whenever it is imported. */
import { flow, task, WorkerThreadsTaskRunner } from "@sluice/sdk";

export const work = task(async function work() {
  return 1;
});

const unguarded = flow(async () => work.submit(), {
  name: "unguarded",
  taskRunner: new WorkerThreadsTaskRunner({ maxThreads: 1 }),
});

const state = await unguarded.returnState();
console.log(JSON.stringify({ output: state.message }));
