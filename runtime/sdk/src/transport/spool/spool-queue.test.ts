import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SpoolQueue } from "./spool-queue.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function openQueue(maxBytes = 1_000_000) {
  return new SpoolQueue({ folder, channel: "events", maxBytes });
}

function readAll(queue: SpoolQueue): string[] {
  return queue.read(1_000_000, 1_000_000_000);
}

function segments(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .sort();
}

describe("a queue on disk", () => {
  test("hands out records in order, and removes their files once they are committed", () => {
    const queue = openQueue();
    queue.append(["a", "b"]);
    queue.append(["c"]);
    expect(queue.read(2, 100)).toEqual(["a", "b"]);
    expect(queue.read(2, 100)).toEqual(["c"]);
    expect(queue.isRead).toBe(true);
    expect(queue.isEmpty).toBe(false);
    queue.commit(3);
    expect(queue.isEmpty).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a batch is bounded by size, but never empty", () => {
    const queue = openQueue();
    queue.append(["x".repeat(50), "y".repeat(50)]);
    expect(queue.read(10, 60)).toHaveLength(1);
    expect(queue.read(10, 1)).toHaveLength(1);
  });

  test("a later process goes on behind the last commit", () => {
    const first = openQueue();
    first.append(["a", "b", "c", "d"]);
    first.read(3, 100);
    first.commit(2);
    first.close();
    expect(readAll(openQueue())).toEqual(["c", "d"]);
  });

  test("what was handed out and not committed can be replaced by what comes before the rest", () => {
    const queue = openQueue();
    queue.append(["a", "b", "c"]);
    queue.read(2, 100);
    queue.commit(1);
    queue.replaceUncommitted(["before", "b"]);
    expect(readAll(openQueue())).toEqual(["before", "b", "c"]);
    expect(readAll(queue)).toEqual(["before", "b", "c"]);
  });

  test("takes no more than it may, and takes again when there is room", () => {
    const queue = openQueue(100);
    expect(queue.append(["x".repeat(80)])).toBe(true);
    expect(queue.append(["y".repeat(80)])).toBe(false);
    queue.commit(queue.read(1, 1).length);
    expect(queue.append(["y".repeat(80)])).toBe(true);
  });
});

describe("a damaged file", () => {
  function onlySegment(): string {
    return join(folder, segments()[0] ?? "");
  }

  test("loses its torn tail and keeps the rest", () => {
    openQueue().append(["first", "second"]);
    const content = readFileSync(onlySegment());
    writeFileSync(onlySegment(), content.subarray(0, content.length - 3));
    const queue = openQueue();
    expect(readAll(queue)).toEqual(["first"]);
    expect(queue.damagedRecords).toBe(1);
  });

  test("loses the line that was overwritten and keeps those around it", () => {
    openQueue().append(["first", "second", "third"]);
    const content = readFileSync(onlySegment(), "utf8");
    writeFileSync(onlySegment(), content.replace("second", "sec0nd"));
    expect(readAll(openQueue())).toEqual(["first", "third"]);
  });

  test("with nothing intact in it is removed", () => {
    openQueue().append(["first"]);
    writeFileSync(onlySegment(), "garbage");
    const queue = openQueue();
    expect(readAll(queue)).toEqual([]);
    expect(segments()).toEqual([]);
  });

  test("that ends in garbage doesn't spoil what is appended later", () => {
    openQueue().append(["first"]);
    appendFileSync(onlySegment(), "torn");
    const queue = openQueue();
    queue.append(["second"]);
    expect(readAll(queue)).toEqual(["first", "second"]);
  });
});

type Step =
  | { do: "append"; count: number }
  | { do: "read"; count: number }
  | { do: "commit" | "rewind" | "replace" | "reopen" };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant("read" as const), count: fc.integer({ min: 1, max: 7 }) }),
    fc.record({
      do: fc.constantFrom("commit" as const, "rewind" as const, "replace" as const, "reopen" as const),
    }),
  ),
  { maxLength: 40 },
);

test("whatever is done to it, it holds exactly what was appended and not committed, in order", () => {
  fc.assert(
    fc.property(steps, (plan: Step[]) => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      let queue = openQueue();
      let next = 0;
      let held: string[] = [];
      let handedOut = 0;
      for (const step of plan) {
        if (step.do === "append") {
          const texts = Array.from({ length: step.count }, () => `record ${next++} \u{1f30a}`);
          queue.append(texts);
          held.push(...texts);
        } else if (step.do === "read") {
          const texts = queue.read(step.count, 1000);
          assert.deepEqual(texts, held.slice(handedOut, handedOut + step.count));
          handedOut += texts.length;
        } else if (step.do === "commit") {
          const count = Math.ceil(handedOut / 2);
          queue.commit(count);
          held = held.slice(count);
          handedOut -= count;
        } else if (step.do === "rewind") {
          queue.rewind();
          handedOut = 0;
        } else if (step.do === "replace") {
          const texts = [`older ${next++}`, ...held.slice(0, handedOut)];
          queue.replaceUncommitted(texts);
          held = [...texts, ...held.slice(handedOut)];
          handedOut = 0;
        } else {
          queue.close();
          queue = openQueue();
          handedOut = 0;
        }
      }
      queue.rewind();
      expect(readAll(queue)).toEqual(held);
      queue.commit(held.length);
      queue.close();
      expect(readdirSync(folder)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
