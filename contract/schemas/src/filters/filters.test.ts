import { describe, expect, it, test } from "vitest";
import { endpoints } from "../endpoints/all.ts";
import { DEFAULT_LIMIT } from "../request-fields.ts";
import type { Timestamp } from "../timestamps.ts";
import { eventFilter } from "./event-filter.ts";
import { eventWindow } from "./event-window.ts";
import { flowRunFilter } from "./flow-run-filter.ts";
import { logFilter } from "./log-filter.ts";
import { taskRunFilter } from "./task-run-filter.ts";

const ID = "0198aaaa-0000-7000-8000-00000000000a";

describe("a filter", () => {
  it("joins its criteria by and when not told otherwise", () => {
    expect(flowRunFilter.parse({}).operator).toBe("and_");
    expect(flowRunFilter.parse({ state: {} }).state?.operator).toBe("and_");
    expect(flowRunFilter.safeParse({ operator: null }).success).toBe(false);
  });

  it("keeps an empty list, which matches nothing, apart from no list", () => {
    expect(flowRunFilter.parse({ id: { any_: [] } }).id).toEqual({ any_: [] });
    expect(flowRunFilter.parse({ id: { any_: null } }).id).toEqual({ any_: null });
  });

  it("has its moments parsed and its ids made lower-case", () => {
    const filter = flowRunFilter.parse({
      start_time: { after_: "1970-01-01T00:00:01" },
      id: { any_: [ID.toUpperCase()] },
    });
    expect(filter.start_time?.after_).toBe(1_000_000);
    expect(filter.id?.any_).toEqual([ID]);
  });

  it.each([
    ["an unknown object", flowRunFilter, { colour: {} }],
    ["a criterion without its underscore", flowRunFilter, { id: { any: [ID] } }],
    ["a criterion of another filter", taskRunFilter, { state: { type: { not_any_: ["RUNNING"] } } }],
    ["an unknown state type", flowRunFilter, { state: { type: { any_: ["WALKING"] } } }],
    ["one value where a list is meant", flowRunFilter, { tags: { any_: "a" } }],
    ["an id that is none", flowRunFilter, { id: { any_: ["x"] } }],
    ["too long a text", logFilter, { text: { query: "x".repeat(201) } }],
    ["an unknown part of an event", eventFilter, { colour: {} }],
    ["a null part that may be absent only", eventFilter, { occurred: null }],
  ])("refuses %s", (_, filter, value) => {
    expect(filter.safeParse(value).success).toBe(false);
  });
});

describe("an event filter", () => {
  it("takes one related filter or a list of them", () => {
    expect(eventFilter.parse({ related: { role: ["flow"] } }).related).toEqual({ role: ["flow"] });
    expect(eventFilter.parse({ any_resource: [{ id: ["a"] }, {}] }).any_resource).toHaveLength(2);
  });

  it("shows the newest first when not told", () => {
    expect(eventFilter.parse({}).order).toBe("DESC");
  });

  it("covers half a year up to now where it names no bounds", () => {
    const now = (Date.UTC(2026, 7, 1, 12) * 1000) as Timestamp;
    expect(eventWindow(eventFilter.parse({}), now)).toEqual({
      since: Date.UTC(2026, 1, 2) * 1000,
      until: now,
    });
    const bounded = eventFilter.parse({ occurred: { since: "1970-01-01", until: "1970-01-02" } });
    expect(eventWindow(bounded, now)).toEqual({ since: 0, until: 86_400_000_000 });
  });
});

describe("a list request", () => {
  const body = endpoints.readFlowRuns.body;

  it("gets the default limit for none and for null, which clients send all the time", () => {
    const defaults = { sort: "ID_DESC", limit: DEFAULT_LIMIT, offset: 0 };
    expect(body?.parse({})).toEqual(defaults);
    expect(body?.parse({ limit: null, offset: null, sort: null })).toEqual(defaults);
  });

  it.each([
    [201, "Invalid limit: must be less than or equal to 200."],
    [-1, "Invalid limit: must be greater than or equal to 0."],
  ])("with limit %i is answered by a bare detail", (limit, message) => {
    const { error } = body?.safeParse({ limit }) ?? {};
    expect(error?.issues).toMatchObject([{ path: ["limit"], message, params: { isDetail: true } }]);
  });

  it("may ask for no rows at all", () => {
    expect(body?.parse({ limit: 0 }).limit).toBe(0);
  });

  it("ignores keys that it does not know, and takes null filters", () => {
    expect(body?.safeParse({ colour: "red", flows: null }).success).toBe(true);
  });
});

test("filters documented without null take it all the same", () => {
  expect(endpoints.readFlows.body?.parse({ flows: null }).flows).toBeUndefined();
});

test("pages count from 1", () => {
  expect(endpoints.paginateFlowRuns.body?.parse({}).page).toBe(1);
  expect(endpoints.paginateFlowRuns.body?.safeParse({ page: 0 }).success).toBe(false);
});

test("history intervals are at least a second", () => {
  const range = { history_start: "2026-01-01", history_end: "2026-01-02" };
  const parse = (seconds: number) =>
    endpoints.readFlowRunHistory.body?.safeParse({ ...range, history_interval_seconds: seconds });
  expect(parse(1)?.success).toBe(true);
  expect(parse(0.5)?.error?.issues).toMatchObject([{ params: { isDetail: true } }]);
});
