import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callAfter, now, sleep } from "./clock.ts";

describe("now", () => {
  it("agrees with the system's clock and tells apart what follows within a millisecond", () => {
    const moments = Array.from({ length: 2000 }, () => now());
    expect(Math.abs((moments.at(-1) ?? 0) / 1000 - Date.now())).toBeLessThan(5);
    expect(new Set(moments).size).toBeGreaterThan(
      new Set(moments.map((moment) => Math.floor(moment / 1000))).size,
    );
    expect(moments.every(Number.isSafeInteger)).toBe(true);
  });
});

describe("waiting", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("may take longer than a timer can", async () => {
    const called = vi.fn<() => void>();
    const seconds = 60 * 24 * 3600;
    callAfter(seconds, called);
    await vi.advanceTimersByTimeAsync((seconds - 1) * 1000);
    expect(called).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(called).toHaveBeenCalledOnce();
  });

  it("can be called off, at any stage", async () => {
    const called = vi.fn<() => void>();
    const cancel = callAfter(60 * 24 * 3600, called);
    await vi.advanceTimersByTimeAsync(50 * 24 * 3600 * 1000);
    cancel();
    await vi.advanceTimersByTimeAsync(50 * 24 * 3600 * 1000);
    expect(called).not.toHaveBeenCalled();
  });

  it("ends with the reason for which it is called off", async () => {
    const controller = new AbortController();
    const sleeping = sleep(100, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(sleep(1, controller.signal)).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
  });
});
