/**
 * CPU that a no-op task costs in the flow's process. With a transport that throws events away it is the engine alone;
 * with `SLUICE_API_URL` set, the run is reported to that server and the cost of delivery is in it.
 *
 *     node --conditions=source bench/sdk-tasks.ts [tasks]
 */
import { flow, reloadSettings, runtime, task, withTransport } from "@sluice/sdk";
import { silentTransport } from "./programs/silent-transport.ts";

const count = Number(process.argv[2] ?? 50_000);
process.env.SLUICE_LOGGING_LEVEL ??= "WARNING";
reloadSettings();

const noOp = task(function noOp(index: number) {
  return index;
});

const oneAfterTheOther = flow(async function oneAfterTheOther() {
  for (let index = 0; index < count; index++) await noOp(index);
});

const mapped = flow(async function mapped() {
  await noOp.map(Array.from({ length: count }, (_, index) => index));
});

interface Cost {
  readonly cpuMicroseconds: number;
  readonly tasksPerSecond: number;
}

async function measure(run: () => PromiseLike<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMicroseconds: (user + system) / count, tasksPerSecond: count / seconds };
}

async function report(name: string, run: () => PromiseLike<unknown>): Promise<void> {
  await run();
  const { cpuMicroseconds, tasksPerSecond } = await measure(run);
  console.log(
    `${name.padEnd(34)} ${cpuMicroseconds.toFixed(1).padStart(8)} µs CPU/task ${Math.round(tasksPerSecond).toString().padStart(9)} tasks/s`,
  );
}

const silent = silentTransport();
await report("engine alone, one after the other", () => withTransport(silent, () => oneAfterTheOther()));
await report("engine alone, mapped", () => withTransport(silent, () => mapped()));
if (process.env.SLUICE_API_URL) {
  await report("reported, one after the other", () => oneAfterTheOther());
  await report("reported, mapped", () => mapped());
}
if (runtime.flowRun.id !== null) throw new Error("The benchmark must run outside of runs.");
