/** A flow of N no-op tasks with our SDK; prints when the flow call began, and its wall and CPU seconds, as JSON. */
import { flow, task } from "@sluice/sdk";
import { z } from "zod";

async function body(): Promise<void> {}

const noop = task(body, { name: "noop" });

const noopTasks = flow(
  async function noopTasks({ count }: { count: number }) {
    for (let index = 0; index < count; index += 1) await noop();
  },
  { parameters: z.object({ count: z.number() }) },
);

const count = Number(process.argv[2]);
await noopTasks({ count: 1 });
const cpuBefore = process.cpuUsage();
const startedAtMs = Date.now();
const startedAt = performance.now();
await noopTasks({ count });
const wallSeconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);

const bareStartedAt = performance.now();
for (let index = 0; index < count; index += 1) await body();
const bareSeconds = (performance.now() - bareStartedAt) / 1000;
console.log(
  JSON.stringify({ startedAtMs, wallSeconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, bareSeconds }),
);
