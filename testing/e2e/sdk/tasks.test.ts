import {
  allowFailure,
  Completed,
  Failed,
  flow,
  quote,
  runtime,
  State,
  tags,
  task,
  unmapped,
  UpstreamTaskError,
  wait,
} from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SdkKit, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

const echo = task(async function echo<T>(value: T) {
  return value;
});
const list = task(async function list() {
  return [{ n: 2 }];
});
const count = task(async function count() {
  return [1, 2, 3];
});
const fail = task(async function fail(message: string): Promise<never> {
  throw new RangeError(message);
});

describe("a task", () => {
  it("leaves a run with its states, count and times behind", async () => {
    const one = flow(async function taskStates() {
      await echo({ a: 1 });
      return runtime.flowRun.id;
    });
    const flowRunId = await one();
    const [run] = await kit.taskRunsOf(flowRunId);
    expect(run).toMatchObject({
      state_type: "COMPLETED",
      run_count: 1,
      flow_run_run_count: 1,
      task_inputs: { value: [] },
    });
    expect(run?.name).toMatch(/^echo-[0-9a-f]{3}$/);
    expect(Date.parse(run?.end_time ?? "")).toBeGreaterThanOrEqual(Date.parse(run?.start_time ?? ""));
    expect(await kit.taskRunHistory(run?.id ?? null)).toEqual(["Pending", "Running", "Completed"]);
  });

  it("is retried after its delay, and its time between attempts doesn't count as running", async () => {
    const third = task(
      async function third() {
        if (runtime.taskRun.runCount < 3) throw new Error("not yet");
        return "done";
      },
      { retries: 2, retryDelaySeconds: [0, 0.3] },
    );
    const retrying = flow(async function retrying() {
      expect(await third()).toBe("done");
      return runtime.flowRun.id;
    });
    const [run] = await kit.taskRunsOf(await retrying());
    expect(await kit.taskRunHistory(run?.id ?? null)).toEqual([
      "Pending",
      "Running",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    expect(run).toMatchObject({ run_count: 3, empirical_policy: { retries: 2, retry_delay: [0, 0.3] } });
    expect(run?.total_run_time).toBeLessThan(0.3);
  });

  it("is not retried when its condition says no", async () => {
    const asked: string[] = [];
    const picky = task(
      async () => {
        throw new TypeError("broken for good");
      },
      {
        name: "picky",
        retries: 5,
        retryConditionFn: (definition, run, state) => {
          asked.push(`${definition.name} ${run.runCount} ${state.message}`);
          return false;
        },
      },
    );
    await expect(picky()).rejects.toThrow("broken for good");
    expect(asked).toEqual(["picky 1 Task run encountered unexpected exception: TypeError: broken for good"]);
  });

  it("fails as TimedOut, and its signal says so", async () => {
    const reasons: unknown[] = [];
    const slow = task(
      () =>
        new Promise<void>(() => {
          const { signal } = runtime;
          signal.addEventListener("abort", () => reasons.push(signal.reason));
        }),
      { name: "slow", timeoutSeconds: 0.05 },
    );
    const late = flow(async function late() {
      const state = await slow.returnState();
      expect(state.name).toBe("TimedOut");
      return runtime.flowRun.id;
    });
    const [run] = await kit.taskRunsOf(await late());
    expect(run).toMatchObject({ state_type: "FAILED", state_name: "TimedOut" });
    expect(run?.state).toMatchObject({ message: "Task run exceeded timeout of 0.05 second(s)" });
    expect(reasons).toMatchObject([{ name: "TaskRunTimeoutError" }]);
  });

  it("runs outside of flows", async () => {
    const future = echo(5);
    expect(await future).toBe(5);
    await kit.delivered();
    const run = await kit.api("GET", `/task_runs/${future.taskRunId}`);
    expect(run).toMatchObject({ flow_run_id: null, name: "echo", state_type: "COMPLETED" });
    expect(run.dynamic_key).toMatch(/^echo-[0-9a-f]{8}-[0-9a-f]{32}$/);
  });

  it("takes names, tags and versions from its options and the code around", async () => {
    const greet = task(async (_name: string, _when: { day: number }) => {}, {
      name: "greet",
      taskRunName: "greet-{_name}-{_when.day}",
      tags: ["polite"],
      version: "7",
    });
    const named = flow(async function named() {
      await tags("outer", () => tags("inner", async () => greet("ada", { day: 3 })));
      return runtime.flowRun.id;
    });
    const [run] = await kit.taskRunsOf(await named());
    expect(run).toMatchObject({ name: "greet-ada-3", task_version: "7", tags: ["polite", "outer", "inner"] });
  });

  it("may return a state of its own making", async () => {
    const skip = task(async () => Completed({ name: "Skipped", message: "nothing new", data: 4 }), {
      name: "skip",
    });
    const skipping = flow(async function skipping() {
      expect(await skip()).toBe(4);
      return runtime.flowRun.id;
    });
    const [run] = await kit.taskRunsOf(await skipping());
    expect(run).toMatchObject({ state_type: "COMPLETED", state_name: "Skipped" });
    const refuse = task(async () => Failed({ message: "no" }), { name: "refuse", retries: 1 });
    const state = await refuse.returnState();
    expect(state).toBeInstanceOf(State);
    expect(state.toString()).toBe("Failed('no')");
  });

  it("doesn't take the process down when nobody awaits its failure", async () => {
    const careless = flow(async function careless() {
      void fail("unseen");
      return runtime.flowRun.id;
    });
    const flowRunId = await careless();
    const [run] = await kit.taskRunsOf(flowRunId);
    expect(run).toMatchObject({ state_type: "FAILED" });
    expect(await kit.flowRun(flowRunId)).toMatchObject({ state_type: "COMPLETED" });
  });

  it("is awaited by its flow, even if the flow's code doesn't", async () => {
    const lazy = task(() => new Promise((resolve) => setTimeout(resolve, 30)), { name: "lazy" });
    const hasty = flow(async function hasty() {
      void lazy();
      return runtime.flowRun.id;
    });
    const [run] = await kit.taskRunsOf(await hasty());
    expect(run).toMatchObject({ state_type: "COMPLETED" });
  });
});

describe("an upstream", () => {
  it("is recorded for futures and for objects that tasks returned, at any depth", async () => {
    const upstream = flow(async function edges() {
      const first = echo({ n: 1 });
      const second = await list();
      const joined = echo({ deep: [first, new Map([["k", second[0]]])] });
      await joined;
      return { first: first.taskRunId, joined: joined.taskRunId, flowRunId: runtime.flowRun.id };
    });
    const { first, joined, flowRunId } = await upstream();
    const runs = await kit.taskRunsOf(flowRunId);
    const run = runs.find(({ id }) => id === joined);
    const others = runs.filter(({ id }) => id !== joined).map(({ id }) => ({ input_type: "task_run", id }));
    expect(run?.task_inputs).toEqual({ value: expect.arrayContaining(others) });
    expect(others).toHaveLength(2);
    expect(others.map(({ id }) => id)).toContain(first);
  });

  it("is waited for without taking its value", async () => {
    const order: string[] = [];
    const note = task(
      async (what: string, delay: number) => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        order.push(what);
      },
      { name: "note" },
    );
    const ordered = flow(async function ordered() {
      const slow = note("slow", 40);
      const fast = note.waitFor(slow).submit("fast", 0);
      await fast;
      return { slow: slow.taskRunId, fast: fast.taskRunId };
    });
    const { slow, fast } = await ordered();
    expect(order).toEqual(["slow", "fast"]);
    await kit.delivered();
    const run = await kit.api("GET", `/task_runs/${fast}`);
    expect(run.task_inputs).toMatchObject({ wait_for: [{ input_type: "task_run", id: slow }] });
  });

  it("that failed keeps what depends on it from starting", async () => {
    const broken = flow(async function brokenUpstream() {
      const bad = fail("bad");
      const after = echo(bad);
      const next = echo(after);
      await expect(next).rejects.toBeInstanceOf(UpstreamTaskError);
      const tolerant = await echo(allowFailure(bad));
      expect(tolerant).toMatchObject({ name: "RangeError", message: "bad" });
      return { after: after.taskRunId, bad: bad.taskRunId };
    });
    const { after, bad } = await broken();
    expect(await kit.taskRunHistory(after)).toEqual(["Pending", "NotReady"]);
    const run = await kit.api("GET", `/task_runs/${after}`);
    expect(run.state).toMatchObject({
      type: "PENDING",
      message: `Upstream task run '${bad}' did not reach a 'COMPLETED' state.`,
    });
  });

  it("in quotes is neither awaited nor recorded", async () => {
    const quoting = flow(async function quoting() {
      const never = task(() => new Promise<never>(() => {}), { name: "never", timeoutSeconds: 0.1 })();
      const given = await echo(quote([never]));
      expect(given).toEqual([never]);
      return runtime.flowRun.id;
    });
    const runs = await kit.taskRunsOf(await quoting());
    expect(runs.find(({ name }) => String(name).startsWith("echo"))?.task_inputs).toEqual({ value: [] });
  });

  it("is the task around a task", async () => {
    const outer = task(async () => echo("inner").taskRunId, { name: "outer" });
    const nesting = flow(async function nesting() {
      const future = outer();
      return { inner: await future, outer: future.taskRunId };
    });
    const ids = await nesting();
    await kit.delivered();
    const run = await kit.api("GET", `/task_runs/${ids.inner}`);
    expect(run.task_inputs).toMatchObject({ __parents__: [{ input_type: "task_run", id: ids.outer }] });
  });
});

describe("map", () => {
  const add = task(async (a: number, b: number, _all: readonly number[]) => a + b, { name: "add" });

  it("runs the task once per element, with scalars and unmapped values for all", async () => {
    const mapping = flow(async function mapping() {
      const numbers = await count();
      const sums = add.map(numbers, 10, unmapped([7, 7]));
      expect(await sums.result()).toEqual([11, 12, 13]);
      expect(await sums).toEqual([11, 12, 13]);
      return { sum: sums[1]?.taskRunId ?? "", flowRunId: runtime.flowRun.id };
    });
    const { sum, flowRunId } = await mapping();
    const runs = await kit.taskRunsOf(flowRunId);
    const source = runs.find(({ name }) => String(name).startsWith("count"));
    const inputs = runs.find(({ id }) => id === sum)?.task_inputs;
    expect(inputs).toEqual({ a: [{ input_type: "task_run", id: source?.id }], b: [], _all: [] });
  });

  it("refuses inputs that don't fit together", async () => {
    expect(() => add.map([1, 2], [1, 2, 3], unmapped([]))).toThrow('Got {"a":2,"b":3}');
    expect(() => add.map(1, 2, unmapped([]))).toThrow("nothing to iterate over");
  });

  it("runs no more at once than its runner takes", async () => {
    const { ConcurrentTaskRunner } = await import("@sluice/sdk");
    let running = 0;
    let most = 0;
    const busy = task(
      async (_index: number) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
      },
      { name: "busy" },
    );
    const limited = flow(
      async function limited() {
        const futures = busy.map([1, 2, 3, 4, 5, 6, 7]);
        const { done, notDone } = await wait(futures);
        expect([done.length, notDone.length]).toEqual([7, 0]);
      },
      { taskRunner: new ConcurrentTaskRunner({ maxConcurrency: 2 }) },
    );
    await limited();
    expect(most).toBe(2);
  });

  it("may be used by submitted tasks without deadlock", async () => {
    const { ConcurrentTaskRunner } = await import("@sluice/sdk");
    const double = task(async (n: number) => n * 2, { name: "double" });
    const quadruple = task(async (n: number) => double.submit(await double.submit(n)), { name: "quadruple" });
    const deep = flow(async () => quadruple.map([1, 2, 3]), {
      name: "deep",
      taskRunner: new ConcurrentTaskRunner({ maxConcurrency: 1 }),
    });
    expect(await deep()).toEqual([4, 8, 12]);
  });
});
