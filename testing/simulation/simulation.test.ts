import { describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/** Fewer while working on something else: `SLUICE_SIMULATION_SCHEDULES=200 npm test`. */
const SCHEDULES = Number(process.env["SLUICE_SIMULATION_SCHEDULES"] ?? 10_000);
const FIRST_SEED = 1;

describe("many clients, crashes and clock jumps", () => {
  test(`break no promise in ${SCHEDULES} schedules`, { timeout: 15 * 60_000 }, async () => {
    const report = await simulate(FIRST_SEED, SCHEDULES);
    expect(report.schedules).toBe(SCHEDULES);
    // A simulation in which nothing happens proves nothing.
    expect(report.transitions).toBeGreaterThan(5 * SCHEDULES);
    expect(report.kills).toBeGreaterThan(SCHEDULES / 4);
  });
});
