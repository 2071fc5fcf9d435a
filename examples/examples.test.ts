/** Each program runs by itself, without a server, and leaves the runs that its pattern is about. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import { createEmbeddedServer } from "@sluice/server";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FactServices, startFactServices } from "../testing/fact-services.ts";
import { checkRun } from "../tools/tour/check-run.ts";
import { PATTERNS } from "../tools/tour/patterns.ts";
import { findRun, readRun } from "../tools/tour/read-run.ts";

const root = join(import.meta.dirname, "..");

let home: string;
let facts: FactServices;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "sluice-examples-"));
  facts = await startFactServices();
});
afterEach(async () => {
  await facts.close();
  rmSync(home, { recursive: true, force: true });
});

it.each(PATTERNS)("$program leaves what pattern $number is about", async ({ expected, program }) => {
  await promisify(execFile)(process.execPath, ["--conditions=source", join(root, program)], {
    env: { PATH: process.env["PATH"], HOME: home, SLUICE_HOME: home, ...facts.env },
  });
  expect(facts.calls).toEqual({ cat: 1, dog: 1 });

  const server = await createEmbeddedServer({ home }, { SLUICE_HOME: home });
  try {
    const client = createClient(endpoints, { apiUrl: "http://sluice.embedded/api", fetch: server.fetch });
    const run = await findRun(client, expected.flow, new Date(0));
    if (!run) throw new Error(`${program} left no run of ${expected.flow}`);
    expect(checkRun(await readRun(client, run), expected)).toEqual([]);
  } finally {
    await server.close();
  }
});
