import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLane, leftoverLanes } from "./lane.ts";

let spool: string;

beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), "sluice-lanes-"));
});
afterEach(() => rmSync(spool, { recursive: true }));

test("a lane in use is not a leftover, and is one when its owner lets go of it", () => {
  const lane = createLane(spool);
  writeFileSync(join(lane.folder, "events-1.log"), "kept");
  expect([...leftoverLanes(spool)]).toEqual([]);
  lane.release();
  const leftovers = [...leftoverLanes(spool)];
  expect(leftovers.map(({ folder }) => folder)).toEqual([lane.folder]);
  for (const leftover of leftovers) leftover.release();
});

test("an empty lane goes with its owner", () => {
  createLane(spool).release();
  expect(readdirSync(spool)).toEqual([]);
});

test("a lane whose owner was killed is a leftover", async () => {
  const owner = fork(join(import.meta.dirname, "../test/own-a-lane.ts"), [spool], {
    execArgv: ["--conditions=source"],
  });
  await once(owner, "message");
  expect([...leftoverLanes(spool)]).toEqual([]);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  const leftovers = [...leftoverLanes(spool)];
  expect(leftovers).toHaveLength(1);
  for (const leftover of leftovers) leftover.release();
});
