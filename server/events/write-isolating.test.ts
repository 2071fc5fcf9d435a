import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeIsolating } from "./write-isolating.ts";

class Busy extends Error {}

const FAST = { isTransient: (error: unknown) => error instanceof Busy, firstPauseMs: 0, longestPauseMs: 0 };

describe("writeIsolating", () => {
  it("writes all good items in order and rejects exactly the bad ones", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (isBad) => {
        const written: number[] = [];
        const rejected: number[] = [];
        await writeIsolating(isBad.keys().toArray(), {
          ...FAST,
          write: async (batch) => {
            if (batch.some((item) => isBad[item])) throw new Error("bad row");
            written.push(...batch);
          },
          onRejected: (item) => {
            rejected.push(item);
          },
        });
        const all = isBad.keys().toArray();
        expect(written).toEqual(all.filter((item) => !isBad[item]));
        expect(rejected).toEqual(all.filter((item) => isBad[item]));
      }),
    );
  });

  it("tries the whole batch again, and rejects nothing, while the database is away", async () => {
    let failures = 3;
    const batches: number[][] = [];
    const attempts: number[] = [];
    await writeIsolating([1, 2, 3], {
      ...FAST,
      write: async (batch) => {
        batches.push([...batch]);
        if (failures-- > 0) throw new Busy();
      },
      onRejected: () => expect.unreachable("an outage is not the item's fault"),
      onRetry: (_, attempt) => attempts.push(attempt),
    });
    expect(batches).toEqual(Array(4).fill([1, 2, 3]));
    expect(attempts).toEqual([1, 2, 3]);
  });

  it("gives up on an outage only when told to stop, and says so", async () => {
    const stop = new AbortController();
    const writing = writeIsolating([1], {
      ...FAST,
      signal: stop.signal,
      longestPauseMs: 60_000,
      firstPauseMs: 60_000,
      write: () => Promise.reject(new Busy("away")),
      onRejected: () => expect.unreachable("an outage is not the item's fault"),
      onRetry: () => stop.abort(),
    });
    await expect(writing).rejects.toThrow("away");
  });
});
