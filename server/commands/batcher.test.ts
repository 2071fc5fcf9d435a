import { describe, expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

interface Call {
  readonly key: string | null;
  readonly value: string;
}

/** A batcher whose batches end when the test says so. */
function heldBatcher(options: { readonly maximumBatch?: number; readonly maximumWaiting?: number } = {}) {
  const batches: { readonly values: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const arrivals: (() => void)[] = [];
  const batcher = new Batcher<Call, string>({
    keyOf: ({ key }) => key,
    run: (calls) =>
      new Promise((resolve, reject) => {
        const values = calls.map(({ value }) => value);
        const end = (error?: Error) =>
          error ? reject(error) : resolve(values.map((value) => `${value} done`));
        batches.push({ values, end });
        arrivals.shift()?.();
      }),
    isFaultOfOne: (error) => error instanceof BadCall,
    full: () => new Error("The line is full."),
    ...options,
  });
  /** The batch with that number, once it has begun. */
  const begun = async (number: number) => {
    while (batches.length <= number) await new Promise<void>((resolve) => arrivals.push(resolve));
    const batch = batches[number];
    if (!batch) throw new Error(`Batch ${number} has not begun.`);
    return batch;
  };
  return { batcher, begun, batches };
}

class BadCall extends Error {}

function call(value: string, key: string | null = null): Call {
  return { key, value };
}

describe("a batcher", () => {
  test("answers a lone call with its own batch", async () => {
    const { batcher, begun } = heldBatcher();
    const answer = batcher.submit(call("a"));
    (await begun(0)).end();
    expect(await answer).toBe("a done");
  });

  test("waits for the calls that come in the same turn, of different callers", async () => {
    const { batcher, begun } = heldBatcher();
    // What two requests read from two sockets, one after the other, look like.
    const answers = [Promise.resolve().then(() => batcher.submit(call("a")))];
    await new Promise<void>((resolve) => process.nextTick(resolve));
    answers.push(Promise.resolve().then(() => batcher.submit(call("b"))));
    const batch = await begun(0);
    expect(batch.values).toEqual(["a", "b"]);
    batch.end();
    expect(await Promise.all(answers)).toEqual(["a done", "b done"]);
  });

  test("puts the calls that come during a batch into the next one, in order", async () => {
    const { batcher, begun } = heldBatcher();
    const first = batcher.submit(call("a"));
    const { end } = await begun(0);
    const rest = Promise.all([batcher.submit(call("b")), batcher.submit(call("c"))]);
    end();
    const second = await begun(1);
    expect(second.values).toEqual(["b", "c"]);
    second.end();
    expect(await first).toBe("a done");
    expect(await rest).toEqual(["b done", "c done"]);
  });

  test("has one batch under way at a time", async () => {
    const { batcher, begun, batches } = heldBatcher();
    const answers = [batcher.submit(call("a"))];
    await begun(0);
    answers.push(batcher.submit(call("b")));
    await new Promise(setImmediate);
    expect(batches).toHaveLength(1);
    (await begun(0)).end();
    (await begun(1)).end();
    expect(await Promise.all(answers)).toEqual(["a done", "b done"]);
  });

  test("keeps calls for the same thing apart, without holding up others", async () => {
    const { batcher, begun } = heldBatcher();
    const answers = Promise.all([
      batcher.submit(call("run 1, first", "1")),
      batcher.submit(call("run 1, second", "1")),
      batcher.submit(call("run 2", "2")),
      batcher.submit(call("no run")),
    ]);
    const first = await begun(0);
    expect(first.values).toEqual(["run 1, first", "run 2", "no run"]);
    first.end();
    const second = await begun(1);
    expect(second.values).toEqual(["run 1, second"]);
    second.end();
    await answers;
  });

  test("takes no more than fit into a batch", async () => {
    const { batcher, begun } = heldBatcher({ maximumBatch: 2 });
    const answers = Promise.all(["a", "b", "c"].map((value) => batcher.submit(call(value))));
    const first = await begun(0);
    expect(first.values).toEqual(["a", "b"]);
    first.end();
    (await begun(1)).end();
    expect(await answers).toEqual(["a done", "b done", "c done"]);
  });

  test("runs the calls of a failed batch one by one, so that a bad call fails alone", async () => {
    const { batcher, begun } = heldBatcher();
    const answers = Promise.allSettled(["good", "bad", "fine"].map((value) => batcher.submit(call(value))));
    (await begun(0)).end(new BadCall("one of them"));
    (await begun(1)).end();
    (await begun(2)).end(new BadCall("this one"));
    (await begun(3)).end();
    expect(await answers).toMatchObject([
      { status: "fulfilled", value: "good done" },
      { status: "rejected", reason: { message: "this one" } },
      { status: "fulfilled", value: "fine done" },
    ]);
  });

  test("does not try again what no call is to blame for", async () => {
    const { batcher, begun, batches } = heldBatcher();
    const answers = Promise.allSettled(["a", "b"].map((value) => batcher.submit(call(value))));
    (await begun(0)).end(new Error("the database is away"));
    expect(await answers).toMatchObject([
      { status: "rejected", reason: { message: "the database is away" } },
      { status: "rejected", reason: { message: "the database is away" } },
    ]);
    expect(batches).toHaveLength(1);
  });

  test("goes on after a failure", async () => {
    const { batcher, begun } = heldBatcher();
    const failed = batcher.submit(call("a"));
    (await begun(0)).end(new Error("away"));
    await expect(failed).rejects.toThrow("away");
    const answer = batcher.submit(call("b"));
    (await begun(1)).end();
    expect(await answer).toBe("b done");
  });

  test("refuses a call that finds the line full", async () => {
    const { batcher, begun } = heldBatcher({ maximumWaiting: 1 });
    const first = batcher.submit(call("a"));
    await expect(batcher.submit(call("b"))).rejects.toThrow("The line is full.");
    (await begun(0)).end();
    expect(await first).toBe("a done");
  });
});
