import { describe, expect, it } from "vitest";
import { asCompleted, type RunFuture, TaskFuture, TaskFutureList, wait } from "./futures.ts";
import { resolveFuturesToResults } from "./resolve-futures.ts";
import { Completed, Failed, Running } from "./states.ts";

interface Handle<T> {
  readonly future: TaskFuture<T>;
  readonly complete: (value: T) => void;
  readonly fail: (error: Error) => void;
}

let made = 0;
function pendingFuture<T>(): Handle<T> {
  made += 1;
  const run = { id: `run-${made}`, name: "run", state: Running<T>() };
  const future = new TaskFuture<T>(run);
  return {
    future,
    complete(value) {
      run.state = Completed({ data: value });
      future.settle({ ok: true, value });
    },
    fail(error) {
      run.state = Failed({ data: error });
      future.settle({ ok: false, error });
    },
  };
}

describe("a future", () => {
  it("is a promise of the value, whenever it is looked at", async () => {
    const { future, complete } = pendingFuture<number>();
    const before = future.then((value) => value + 1);
    complete(1);
    expect(await Promise.all([before, future, future.finally(() => {})])).toEqual([2, 1, 1]);
  });

  it("rejects for those who await it, and nobody else", async () => {
    const { future, fail } = pendingFuture<number>();
    fail(new RangeError("no"));
    await future.wait();
    await expect(future).rejects.toThrow("no");
    expect(await future.result({ raiseOnFailure: false })).toEqual(new RangeError("no"));
    expect(await future.catch(() => 7)).toBe(7);
  });

  it("is settled once", async () => {
    const { future, complete, fail } = pendingFuture<number>();
    complete(1);
    fail(new Error("late"));
    expect(await future).toBe(1);
  });

  it("waits no longer than it is told", async () => {
    const { future } = pendingFuture<number>();
    await future.wait(0.001);
    expect(future.isSettled).toBe(false);
    await expect(future.result({ timeoutSeconds: 0.001 })).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("calls back once it has ended, and at once if it has", async () => {
    const { future, complete } = pendingFuture<number>();
    const seen: RunFuture<unknown>[] = [];
    future.addDoneCallback((ended) => seen.push(ended));
    complete(1);
    future.addDoneCallback((ended) => seen.push(ended));
    await future;
    expect(seen).toEqual([future, future]);
  });
});

describe("several futures", () => {
  it("can be waited for, and told apart by whether they have ended", async () => {
    const [a, b] = [pendingFuture<number>(), pendingFuture<number>()];
    b.fail(new Error("no"));
    expect(await wait([a.future, b.future], { timeoutSeconds: 0.001 })).toEqual({
      done: [b.future],
      notDone: [a.future],
    });
  });

  it("come in the order in which they end", async () => {
    const handles = [pendingFuture<number>(), pendingFuture<number>(), pendingFuture<number>()] as const;
    handles[2].complete(3);
    const order: string[] = [];
    for await (const { future } of asCompleted(handles.map(({ future }) => future))) {
      order.push(future.taskRunId);
      if (order.length === 1) handles[0].fail(new Error("no"));
      if (order.length === 2) handles[1].complete(2);
    }
    expect(order).toEqual([2, 0, 1].map((index) => handles[index as 0 | 1 | 2].future.taskRunId));
  });

  it("that never end are given up on", async () => {
    const { future } = pendingFuture<number>();
    const iteration = asCompleted([future], { timeoutSeconds: 0.001 }).next();
    await expect(iteration).rejects.toThrow("1 of 1 futures unfinished");
  });

  it("in a list give their values in order, or the first error", async () => {
    const [a, b] = [pendingFuture<number>(), pendingFuture<number>()];
    const list = TaskFutureList.from([a.future, b.future]) as TaskFutureList<number>;
    b.complete(2);
    a.complete(1);
    expect(await list).toEqual([1, 2]);
    expect(list.map((future) => future.taskRunId)).not.toBeInstanceOf(TaskFutureList);
    const failing = pendingFuture<number>();
    failing.fail(new Error("third"));
    list.push(failing.future);
    await expect(list.result()).rejects.toThrow("third");
    expect(await list.result({ raiseOnFailure: false })).toEqual([1, 2, new Error("third")]);
  });

  it("in structures are replaced by their values", async () => {
    const { future, complete } = pendingFuture<number>();
    complete(5);
    const structure = { list: [future, 1], map: new Map([["k", future]]), set: new Set([future]) };
    expect(await resolveFuturesToResults(structure)).toEqual({
      list: [5, 1],
      map: new Map([["k", 5]]),
      set: new Set([5]),
    });
    const failed = pendingFuture<number>();
    failed.fail(new Error("no"));
    await expect(resolveFuturesToResults([failed.future])).rejects.toThrow("did not reach a 'COMPLETED'");
    expect(await resolveFuturesToResults([failed.future], { raiseOnFailure: false })).toEqual([
      new Error("no"),
    ]);
  });
});
