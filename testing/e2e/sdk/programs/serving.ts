/** Serves flows of several fates, as users do. `args`: the limit, and seconds of grace. */
import { flow, getRunLogger, runtime, serve, task } from "@sluice/sdk";
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { z } from "zod";

const double = task(async function double(n: number) {
  return n * 2;
});

export const calm = flow(
  async function calm({ n }: { n: number }) {
    console.log(`calm ${await double(n)} of ${runtime.deployment.name}`);
    return n;
  },
  { parameters: z.object({ n: z.number().default(1) }), logPrints: true },
);

/** Dies in the middle, without a word. */
export const dying = flow(async function dying() {
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {});
});

/** Leaves by an exit that nobody expects. */
export const leaving = flow(async function leaving() {
  process.exit(3);
});

function note(line: string): void {
  appendFileSync(process.env.SLUICE_TEST_NOTES ?? "/dev/null", `${line}\n`);
}

/** Stops when it is told to, and takes a moment for that. */
export const polite = flow(async function polite() {
  getRunLogger().info("polite is there");
  await new Promise<void>((resolve) => {
    const keepAlive = setInterval(() => {}, 1000);
    runtime.signal.addEventListener("abort", () => {
      setTimeout(() => {
        clearInterval(keepAlive);
        note("polite has cleaned up");
        resolve();
      }, 300);
    });
  });
});

/** Neither listens nor ends, and has a child that doesn't either. */
export const stubborn = flow(async function stubborn() {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  note(`processes ${process.pid} ${child.pid}`);
  process.on("SIGTERM", () => note("stubborn got SIGTERM"));
  for (;;) await new Promise((resolve) => setTimeout(resolve, 50));
});

if (import.meta.main) {
  const [limit = "10", grace = "1", prefix = ""] = process.argv.slice(2);
  const flows = [calm, dying, leaving, polite, stubborn];
  await serve(...flows.map((served) => served.toDeployment({ name: `${prefix}served` })), {
    limit: Number(limit),
    graceSeconds: Number(grace),
  });
}
