import { type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delayedTask, flow, StoredValueError, tags, TaskRunDeleted } from "@sluice/sdk";
import { newId } from "@sluice/schemas";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ended, startProgram } from "./programs.ts";
import {
  add,
  dated,
  echo,
  failing,
  thirdTime,
  untilFile,
  untilFileAgain,
} from "./programs/background-tasks.ts";
import { type Row, type SdkKit, startSdkKit } from "./sdk-kit.ts";

/** A worker that is gone is given up after two seconds; a machine under load takes its time for processes. */
const SLOW = { timeout: 40_000 };

let kit: SdkKit;
let folder: string;
let workers: ChildProcess[] = [];
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-background-"));
  process.env.BACKGROUND_FOLDER = folder;
});
afterEach(async () => {
  await Promise.all(
    workers.map(async (worker) => {
      if (worker.exitCode !== null || worker.signalCode !== null) return;
      const exit = new Promise((resolve) => worker.once("exit", resolve));
      worker.kill("SIGKILL");
      await exit;
    }),
  );
  workers = [];
  rmSync(folder, { recursive: true, force: true });
});

function serve(...args: string[]): ChildProcess {
  const worker = startProgram("serving-tasks", ...args);
  workers.push(worker);
  return worker;
}

function calls(): string[] {
  try {
    return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

function release(name: string): void {
  writeFileSync(join(folder, name), "");
}

const taskRun = (id: string) => kit.api<Row & { state: { message: string } }>("GET", `/task_runs/${id}`);

describe("a delayed task", () => {
  it("is executed by another process, and its value comes back", SLOW, async () => {
    serve();
    const future = add.delay(1, 2);
    expect(await future.created).toBe(future.taskRunId);
    expect(await future).toBe(3);
    expect(future.state.isCompleted()).toBe(true);
    expect(await kit.taskRunHistory(future.taskRunId)).toEqual([
      "Scheduled",
      "Pending",
      "Running",
      "Completed",
    ]);
    // Whoever knows the id can wait for it.
    expect(await delayedTask<number>(future.taskRunId)).toBe(3);
  });

  it("keeps what JSON would lose of arguments and values", SLOW, async () => {
    serve();
    const value = {
      at: new Date(0),
      by: new Map([["a", 1n]]),
      none: undefined,
      url: new URL("http://a.example/"),
    };
    const future = echo.delay(value);
    expect(await future).toEqual({ value, runId: future.taskRunId });
  });

  it("hands its error on", SLOW, async () => {
    serve();
    const future = failing.delay("out of range");
    await expect(future).rejects.toThrow("out of range");
    await expect(future).rejects.toMatchObject({ name: "RangeError" });
    expect(future.state.message).toBe("Task run encountered an exception RangeError: out of range");
  });

  it("is tried again where it runs", SLOW, async () => {
    serve();
    const future = thirdTime.delay();
    expect(await future).toBe(3);
    expect(await kit.taskRunHistory(future.taskRunId)).toEqual([
      "Scheduled",
      "Pending",
      "Running",
      "Retrying",
      "Retrying",
      "Completed",
    ]);
  });

  it("belongs to the flow that delays it, with its edges and tags", SLOW, async () => {
    serve();
    const delaying = flow(async function delaying() {
      const first = tags("nightly", () => add.delay(20));
      return await add.delay(first, add(0, 0));
    });
    expect(await delaying()).toBe(21);
    const [run] = await kit.flowRunsOf("delaying");
    const runs = await kit.taskRunsOf(run!.id);
    const byInput = runs.find(({ task_inputs }) => task_inputs?.["a"]?.["length"] === 1);
    const [first] = runs.filter((one) => String(one.tags) === "nightly");
    expect(byInput?.task_inputs).toMatchObject({ a: [{ input_type: "task_run", id: first?.id }] });
    expect(runs.map(({ state_type }) => state_type)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
  });

  it("waits for somebody who serves it", SLOW, async () => {
    const futures = Array.from({ length: 30 }, (_, index) => add.delay(index));
    await Promise.all(futures.map((future) => future.created));
    serve("3");
    expect(await Promise.all(futures)).toEqual(futures.map((_, index) => index + 1));
    expect(calls()).toHaveLength(30);
  });

  it("refuses arguments that aren't plain data", async () => {
    const future = echo.delay(() => 1);
    await expect(future).rejects.toThrow(StoredValueError);
    await expect(future.created).rejects.toThrow(/An argument of task 'echo' can't be stored/);
  });

  it("completes without a result when its value isn't plain data", SLOW, async () => {
    serve();
    const future = dated.delay();
    await expect(future).rejects.toThrow(/result/i);
    expect(future.state.isCompleted()).toBe(true);
  });

  it("is Crashed, and says why, when its arguments can't be read", SLOW, async () => {
    const future = add.delay(1);
    await future.created;
    const { state } = await kit.api<{ state: { state_details: { task_parameters_id: string } } }>(
      "GET",
      `/task_runs/${future.taskRunId}`,
    );
    const stored = join(process.env.SLUICE_HOME ?? "", "storage", "parameters");
    rmSync(join(stored, state.state_details.task_parameters_id));
    serve();
    await expect(future).rejects.toThrow(
      /The arguments that delay\(\) stored can't be read from .*SLUICE_HOME/,
    );
    expect(future.state.isCrashed()).toBe(true);
  });

  it("that is deleted is waited for no longer", SLOW, async () => {
    const future = add.delay(1);
    await future.created;
    const waiting = future.wait();
    await fetch(`${kit.apiUrl}/task_runs/${future.taskRunId}`, { method: "DELETE" });
    await waiting;
    await expect(future).rejects.toThrow(TaskRunDeleted);
    await expect(delayedTask(newId())).rejects.toThrow(TaskRunDeleted);
  });
});

describe("a process that serves tasks", () => {
  it("finishes what it has when it is told to stop, and leaves the rest to others", SLOW, async () => {
    const worker = serve("2");
    const end = ended(worker);
    const names = ["a", "b", "c"];
    const futures = names.map((name) => untilFile.delay(name));
    await vi.waitFor(() => expect(calls()).toHaveLength(2), SLOW);
    worker.kill("SIGTERM");
    // Nobody gives it the third run, though it has room when the first has ended.
    const [first, second] = calls() as [string, string];
    release(first);
    await futures[names.indexOf(first)];
    release(second);
    expect(await end).toMatchObject({ code: 0, stdout: "served\n" });
    const third = names.find((name) => !calls().includes(name)) ?? "";
    expect(await taskRun(futures[names.indexOf(third)]?.taskRunId ?? "")).toMatchObject({
      state_type: "SCHEDULED",
    });
    serve();
    release(third);
    expect(await Promise.all(futures)).toEqual(names);
    expect(calls().toSorted()).toEqual(names);
  });

  it("reports its runs Crashed when it is told twice", SLOW, async () => {
    const worker = serve();
    const end = ended(worker);
    const future = untilFile.delay("never");
    await vi.waitFor(() => expect(calls()).toEqual(["never"]), SLOW);
    const told = new Promise<void>((resolve) => {
      worker.stderr?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("again to end at once")) resolve();
      });
    });
    worker.kill("SIGINT");
    await told;
    worker.kill("SIGINT");
    expect(await end).toMatchObject({ signal: "SIGINT" });
    await expect(future).rejects.toThrow("Execution was aborted by an interrupt signal.");
  });

  it("that is killed loses its runs to others, and each ends once", SLOW, async () => {
    const first = serve("4", "again");
    const names = Array.from({ length: 10 }, (_, index) => `run-${index}`);
    const futures = names.map((name) => untilFileAgain.delay(name));
    await Promise.all(futures.map((future) => future.created));
    await vi.waitFor(() => expect(calls()).toHaveLength(4), SLOW);
    const begun = calls();
    await vi.waitFor(async () => {
      const running = await kit.api<number>("POST", "/task_runs/count", {
        task_runs: {
          state: { type: { any_: ["RUNNING"] } },
          id: { any_: futures.map((one) => one.taskRunId) },
        },
      });
      expect(running).toBe(4);
    }, SLOW);
    first.kill("SIGKILL");
    for (const name of names) release(name);
    serve("4", "again");
    expect(await Promise.all(futures)).toEqual(names);
    // What was at work was begun a second time, the rest once.
    expect(calls().toSorted()).toEqual([...names, ...begun].toSorted());
    for (const [index, future] of futures.entries()) {
      const wasBegun = begun.includes(names[index] ?? "");
      expect(await kit.taskRunHistory(future.taskRunId)).toEqual([
        "Scheduled",
        "Pending",
        "Running",
        ...(wasBegun ? ["AwaitingRetry", "Pending", "Running"] : []),
        "Completed",
      ]);
    }
  });
});
