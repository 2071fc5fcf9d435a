import type { Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { startServices } from "./all-services.ts";
import type { Service } from "./service.ts";
import { ServiceLoop, type ServiceLoopDependencies } from "./service-loop.ts";

function start(run: Service["run"], change: Partial<ServiceLoopDependencies> = {}) {
  const logged: string[] = [];
  const loop = new ServiceLoop(
    { name: "sample", intervalMs: 1, run },
    {
      now: () => 7 as Timestamp,
      random: () => 0.5,
      log: {
        info: (_, message) => logged.push(`info: ${message}`),
        error: (_, message) => logged.push(`error: ${message}`),
        debug: (_, message) => logged.push(`debug: ${message}`),
      },
      ...change,
    },
  );
  loop.start();
  return { loop, logged };
}

describe("ServiceLoop", () => {
  it("makes one pass after the other and never two at once", async () => {
    let passes = 0;
    let underWay = 0;
    let most = 0;
    const { loop } = start(async (now) => {
      expect(now).toBe(7);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      passes += 1;
      return undefined;
    });
    await expect.poll(() => passes, { interval: 5 }).toBeGreaterThan(5);
    await loop.stop();
    expect(most).toBe(1);
  });

  it("waits for the pass under way when it is stopped, tells it, and makes no other", async () => {
    let passes = 0;
    let wasTold = false;
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { loop } = start(async (_, signal) => {
      passes += 1;
      begin();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      wasTold = true;
      return "more";
    });
    await begun;
    await loop.stop();
    expect(wasTold).toBe(true);
    await new Promise(setImmediate);
    expect(passes).toBe(1);
  });

  it("comes back at once when work is left", async () => {
    let passes = 0;
    const loop = new ServiceLoop(
      {
        name: "busy",
        intervalMs: 3_600_000,
        run: () => Promise.resolve((passes += 1) < 5 ? ("more" as const) : undefined),
      },
      {
        now: () => 7 as Timestamp,
        random: () => 0,
        log: { info: () => undefined, error: () => undefined, debug: () => undefined },
      },
    );
    loop.start();
    await expect.poll(() => passes).toBe(5);
    await loop.stop();
  });

  it("goes on after a failure, and reports a row of failures once, with its end", async () => {
    let failures = 3;
    let passes = 0;
    const observed: boolean[] = [];
    const { loop, logged } = start(
      () => {
        passes += 1;
        if (failures-- > 0) return Promise.reject(new Error("database is away"));
        return Promise.resolve(undefined);
      },
      { observe: ({ failed }) => observed.push(failed) },
    );
    await expect.poll(() => passes, { interval: 5 }).toBeGreaterThanOrEqual(5);
    await loop.stop();
    expect(logged).toEqual([
      expect.stringMatching(/^error: /),
      expect.stringMatching(/^debug: /),
      expect.stringMatching(/^debug: /),
      expect.stringMatching(/^info: /),
    ]);
    expect(observed.slice(0, 5)).toEqual([true, true, true, false, false]);
  });
});

describe("startServices", () => {
  it("knows which services fail at the moment", async () => {
    let isBroken = true;
    const service = (name: string, run: Service["run"]): Service => ({ name, intervalMs: 1, run });
    const services = startServices(
      [
        service("sound", () => Promise.resolve(undefined)),
        service("flaky", () => (isBroken ? Promise.reject(new Error("away")) : Promise.resolve(undefined))),
      ],
      {
        now: () => 7 as Timestamp,
        random: () => 0,
        log: { info: () => undefined, error: () => undefined, debug: () => undefined },
      },
    );
    await expect.poll(() => [...services.failing], { interval: 2 }).toEqual(["flaky"]);
    isBroken = false;
    await expect.poll(() => services.failing.size, { interval: 2 }).toBe(0);
    await services.stop();
  });
});
