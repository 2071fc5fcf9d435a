import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchQueue } from "./batch-queue.ts";

const ROOMY = { maxItems: 1000, maxBytes: 1_000_000, maxBatchItems: 100, maxBatchBytes: 1_000_000 };

/** A `write` whose batches wait until the test lets them through. */
function gate() {
  const batches: number[][] = [];
  let open: () => void = () => undefined;
  let isOpen = false;
  return {
    batches,
    write: async (batch: readonly number[]): Promise<void> => {
      batches.push([...batch]);
      if (!isOpen) await new Promise<void>((resolve) => (open = resolve));
    },
    letOneThrough: () => open(),
    openForGood: (): void => {
      isOpen = true;
      open();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

describe("BatchQueue", () => {
  it("writes every item once and in order, whatever the sizes of items and batches", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        async (bursts, maxBatchItems) => {
          const written: number[] = [];
          const queue = new BatchQueue<number>({
            ...ROOMY,
            maxBatchItems,
            maxBatchBytes: 60,
            write: async (batch) => {
              expect(batch.length).toBeLessThanOrEqual(maxBatchItems);
              written.push(...batch);
            },
          });
          let next = 0;
          for (const burst of bursts) {
            for (const bytes of burst) queue.push(next++, bytes);
            await new Promise(setImmediate);
          }
          await queue.close();
          expect(written).toEqual(Array.from({ length: next }, (_, index) => index));
          expect([queue.length, queue.bytes]).toEqual([0, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("tells that an item is written only after its batch is, and not before", async () => {
    const { batches, write, letOneThrough, openForGood } = gate();
    const queue = new BatchQueue<number>({ ...ROOMY, maxBatchItems: 2, write });
    const positions = [1, 2, 3].map((item) => queue.push(item, 1));
    const settled: number[] = [];
    for (const position of positions) void queue.written(position).then(() => settled.push(position));
    await until(() => batches.length === 1);
    expect(settled).toEqual([]);
    letOneThrough();
    await until(() => batches.length === 2);
    expect(settled).toEqual([1, 2]);
    openForGood();
    await queue.close();
    expect(settled).toEqual([1, 2, 3]);
    await expect(queue.written(3)).resolves.toBeUndefined();
  });

  it.each([
    ["items", { maxItems: 4 }],
    ["bytes", { maxBytes: 40 }],
  ])(
    "is full at its bound of %s, counting the batch under way, and has room again below it",
    async (_, bound) => {
      const { batches, write, letOneThrough, openForGood } = gate();
      const queue = new BatchQueue<number>({ ...ROOMY, maxBatchItems: 1, ...bound, write });
      for (let item = 0; item < 3; item += 1) queue.push(item, 10);
      expect(queue.isFull).toBe(false);
      await until(() => batches.length === 1);
      queue.push(3, 10);
      expect(queue.isFull).toBe(true);
      let hasRoom = false;
      void queue.whenRoom().then(() => (hasRoom = true));
      await new Promise(setImmediate);
      expect(hasRoom).toBe(false);
      letOneThrough();
      await until(() => hasRoom);
      expect(queue.isFull).toBe(false);
      openForGood();
      await queue.close();
    },
  );

  it("groups what comes while a batch is written", async () => {
    const { batches, write, openForGood } = gate();
    const queue = new BatchQueue<number>({ ...ROOMY, write });
    queue.push(1, 1);
    await until(() => batches.length === 1);
    for (const item of [2, 3, 4]) queue.push(item, 1);
    openForGood();
    await queue.close();
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it("rejects those who wait, and takes no more, when writing fails for good", async () => {
    const queue = new BatchQueue<number>({
      ...ROOMY,
      write: () => Promise.reject(new Error("disk is gone")),
    });
    const position = queue.push(1, 1);
    await expect(queue.written(position)).rejects.toThrow("disk is gone");
    await expect(queue.whenRoom()).rejects.toThrow("disk is gone");
    expect(() => queue.push(2, 1)).toThrow("closed");
    await expect(queue.close()).resolves.toBeUndefined();
  });
});
