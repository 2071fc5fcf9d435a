import type { DeploymentScheduleId, DeploymentScheduleUpdate } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { planScheduleUpdate } from "./plan-schedule-update.ts";

const daily = { cron: "0 0 * * *", timezone: null, day_or: true };
const existing = (...slugs: (string | null)[]) =>
  slugs.map((slug, index) => ({ id: `id-${slug ?? index}` as DeploymentScheduleId, slug })); // any text will do

describe("a list of schedules in an update", () => {
  it("that is not there changes nothing", () => {
    expect(planScheduleUpdate(existing("a"), undefined)).toEqual({ kind: "keep" });
  });

  it("replaces all where there are none, or one without a slug; those that don't say when are left out", () => {
    const sent: DeploymentScheduleUpdate[] = [{ slug: "x" }, { schedule: daily }];
    const replace = { kind: "replace", create: [{ schedule: daily }] };
    expect(planScheduleUpdate([], sent)).toEqual(replace);
    expect(planScheduleUpdate(existing("a", null), sent)).toEqual(replace);
    expect(planScheduleUpdate(existing(null), [])).toEqual({ kind: "replace", create: [] });
  });

  it("changes those it names where all have slugs, and makes those that are new", () => {
    const sent = [
      { slug: "a", active: false },
      { slug: "b", replaces: "c" },
      { slug: "new", schedule: daily },
    ];
    expect(planScheduleUpdate(existing("a", "c"), sent)).toEqual({
      kind: "patch",
      patch: [
        { id: "id-a", changes: sent[0] },
        { id: "id-c", changes: sent[1] },
      ],
      create: [sent[2]],
    });
    expect(planScheduleUpdate(existing("a"), [])).toEqual({ kind: "patch", patch: [], create: [] });
  });

  it("makes a schedule that was to replace one that is gone", () => {
    const sent = [{ slug: "b", replaces: "gone", schedule: daily }];
    expect(planScheduleUpdate(existing("a"), sent)).toMatchObject({ kind: "patch", patch: [], create: sent });
  });

  it.each<[string, DeploymentScheduleUpdate[], RegExp]>([
    ["no slug", [{ schedule: daily }], /provide a slug/],
    [
      "two that replace the same",
      [
        { slug: "x", replaces: "a" },
        { slug: "y", replaces: "a" },
      ],
      /Multiple schedules/,
    ],
    ["a name that another one has", [{ slug: "b", replaces: "a" }], /Cannot rename schedule from 'a' to 'b'/],
    ["a new one that does not say when", [{ slug: "new" }], /without a schedule configuration/],
  ])("is refused for %s", (_, sent, reason) => {
    const plan = planScheduleUpdate(existing("a", "b"), sent);
    expect(plan).toMatchObject({ kind: "refuse", reason: expect.stringMatching(reason) as string });
  });
});
