import { describe, expect, it } from "vitest";
import { eventInput } from "./events.ts";

const EVENT = {
  id: "0198aaaa-0000-7000-8000-00000000000a",
  occurred: "2026-08-01T12:00:00Z",
  event: "kettle.boiled",
  resource: { "prefect.resource.id": "kettle.1" },
};

describe("an event", () => {
  it("gets its defaults, and loses keys that it has not", () => {
    expect(eventInput.parse({ ...EVENT, received: "2026-08-01T12:00:00Z", colour: "red" })).toEqual({
      ...EVENT,
      occurred: Date.UTC(2026, 7, 1, 12) * 1000,
      related: [],
      payload: {},
      follows: null,
    });
  });

  it.each([
    ["no resource", { resource: undefined }, "resource"],
    ["a null resource", { resource: null }, "resource"],
    ["a resource without id", { resource: { "prefect.resource.name": "a" } }, "resource"],
    ["a resource with an empty id", { resource: { "prefect.resource.id": "" } }, "resource"],
    ["a label that is no string", { resource: { "prefect.resource.id": "a", size: 1 } }, "resource.size"],
    ["a related resource without role", { related: [{ "prefect.resource.id": "a" }] }, "related.0"],
    ["null related resources", { related: null }, "related"],
    ["a payload that is no object", { payload: [] }, "payload"],
    ["an id that is no UUID", { id: "one" }, "id"],
    ["no moment", { occurred: undefined }, "occurred"],
  ])("is refused with %s", (_, change, path) => {
    const { error } = eventInput.safeParse({ ...EVENT, ...change });
    expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });

  it("has a name of at most 1024 characters", () => {
    expect(accepts({ event: "e".repeat(1024) })).toBe(true);
    expect(accepts({ event: "e".repeat(1025) })).toBe(false);
  });

  it("has at most 500 labels per resource", () => {
    const labels = (count: number) => ({
      "prefect.resource.id": "a",
      ...Object.fromEntries(Array.from({ length: count - 1 }, (_, index) => [`label-${index}`, ""])),
    });
    expect(accepts({ resource: labels(500) })).toBe(true);
    expect(accepts({ resource: labels(501) })).toBe(false);
  });

  it("has at most 100 related resources", () => {
    const related = (count: number) =>
      Array(count).fill({ "prefect.resource.id": "a", "prefect.resource.role": "r" });
    expect(accepts({ related: related(100) })).toBe(true);
    expect(accepts({ related: related(101) })).toBe(false);
  });
});

function accepts(change: object): boolean {
  return eventInput.safeParse({ ...EVENT, ...change }).success;
}
