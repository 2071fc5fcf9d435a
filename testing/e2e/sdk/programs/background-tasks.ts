/** Tasks that tests delay, and another process serves. What they do is written into a folder that both see. */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getRunLogger, runtime, task } from "@sluice/sdk";

/** Looked up at each call: a test imports these tasks before it has made the folder. */
const folder = (): string => process.env.BACKGROUND_FOLDER ?? "";

/** One line for each time that a task's code begins. */
function note(name: string): void {
  appendFileSync(join(folder(), "calls"), `${name}\n`);
}

export const add = task(async function add(a: number, b = 1) {
  note("add");
  getRunLogger().info(`adding ${a} and ${b}`);
  return a + b;
});

export const echo = task(async function echo<T>(value: T) {
  return { value, runId: runtime.taskRun.id };
});

export const failing = task(async function failing(message: string): Promise<string> {
  note("failing");
  throw new RangeError(message);
});

export const thirdTime = task(
  async function thirdTime() {
    note("third-time");
    if (runtime.taskRun.runCount < 3) throw new Error("not yet");
    return runtime.taskRun.runCount;
  },
  { retries: 2 },
);

/** Ends when the folder has a file of this name. */
export const untilFile = task(async function untilFile(name: string) {
  note(name);
  while (!existsSync(join(folder(), name))) await sleep(10);
  return name;
});

export const untilFileAgain = untilFile.withOptions({ retries: 3 });

export const dated = task(async function dated() {
  return () => "not plain data";
});
