/** Flows whose tasks run on threads; prints what came out as JSON. */
import { flow, runtime, task, WorkerThreadsTaskRunner } from "@sluice/sdk";
import { spin, sum } from "./thread-tasks.ts";

const taskRunner = new WorkerThreadsTaskRunner({ maxThreads: 2 });
const seed = task(function seed() {
  return [1, 3];
});

const sums = flow(
  async function sums() {
    const results = await sum.map(await seed(), [2, 4]);
    return {
      flowRunId: runtime.flowRun.id,
      output: {
        values: results.map(({ value }) => value),
        threads: results.every(({ isOnThread }) => isOnThread),
        runName: results[0]?.run,
      },
    };
  },
  { taskRunner, logPrints: true },
);

const spinning = flow(
  async function spinning() {
    const future = spin.submit();
    await future.wait();
    return { output: future.state.toString() };
  },
  { taskRunner },
);

const hidden = task(async function hidden() {});
const hiding = flow(
  async function hiding() {
    const future = hidden.submit();
    await future.wait();
    return { output: future.state.message };
  },
  { taskRunner },
);

const flows = { sum: sums, spin: spinning, hidden: hiding };
const name = process.argv[2] as keyof typeof flows; // given by the test
if (import.meta.main) console.log(JSON.stringify(await flows[name]()));
