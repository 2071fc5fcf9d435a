import { newId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wireEvent } from "../../events/fixtures/sample-events.ts";
import { type Api, startApi } from "./fixtures/api.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** Events are kept for a week only. */
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

const idsOf = (events: { id: string }[]): string[] => events.map(({ id }) => id);

/** Stores events with a name of their own; `seconds` before now each. */
async function store(name: string, seconds: readonly number[]): Promise<string[]> {
  const events = seconds.map((ago) =>
    wireEvent({ event: name, occurred: new Date(Date.now() - ago * 1000).toISOString() }),
  );
  expect((await api.call("POST", "/events", events)).status).toBe(204);
  return idsOf(events);
}

describe("POST /events", () => {
  it("answers 204 when the events are stored, and stores each id once", async () => {
    const event = wireEvent({ event: "once" });
    for (let time = 0; time < 2; time += 1) {
      const answer = await api.call("POST", "/events", [event]);
      expect(answer).toMatchObject({ status: 204, body: null });
      const found = await api.call("POST", "/events/filter", { filter: { event: { name: ["once"] } } });
      expect(found.body).toMatchObject({ total: 1, next_page: null });
      expect(found.body.events).toEqual([
        { ...event, occurred: expect.any(String), received: expect.any(String) },
      ]);
    }
  });

  it("takes no events at all", async () => {
    expect((await api.call("POST", "/events", [])).status).toBe(204);
  });

  it.each([
    ["a field is missing", { ...wireEvent(), event: undefined }, ["body", 1, "event"]],
    ["a resource has no id", wireEvent({ resource: { env: "prod" } }), ["body", 1, "resource"]],
    [
      "a related resource has no role",
      wireEvent({ related: [{ "prefect.resource.id": "x" }] }),
      ["body", 1, "related", 0],
    ],
    ["a name is too long", wireEvent({ event: "x".repeat(1025) }), ["body", 1, "event"]],
  ])("refuses all of them when %s, and names the field", async (_, bad, loc) => {
    const good = wireEvent({ event: "beside a bad one" });
    const answer = await api.call("POST", "/events", [good, bad]);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail[0].loc).toEqual(loc);
    const found = await api.call("POST", "/events/filter", { filter: { id: { id: [good.id] } } });
    expect(found.body.total).toBe(0);
  });

  it("refuses an event beyond the bound, and those beside it", async () => {
    const large = wireEvent({ payload: { text: "x".repeat(1_500_001) } });
    const answer = await api.call("POST", "/events", [wireEvent({ event: "beside a large one" }), large]);
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(large.id) } });
    const found = await api.call("POST", "/events/filter", {
      filter: { event: { prefix: ["beside a large"] } },
    });
    expect(found.body.total).toBe(0);
  });
});

describe("POST /events/filter", () => {
  it("answers the newest 50 first, and leads through all pages", async () => {
    const stored = await store(
      "paged",
      Array.from({ length: 120 }, (_, index) => 300 - index),
    );
    let page = await api.call("POST", "/events/filter", { filter: { event: { name: ["paged"] } } });
    const read: string[] = [];
    const sizes: number[] = [];
    for (;;) {
      expect(page.body.total).toBe(120);
      read.push(...idsOf(page.body.events));
      sizes.push(page.body.events.length);
      if (page.body.next_page === null) break;
      expect(page.body.next_page).toMatch(new RegExp(`^${api.url}/api/events/filter/next\\?page-token=`));
      page = await api.call("GET", page.body.next_page.slice(`${api.url}/api`.length));
    }
    expect(sizes).toEqual([50, 50, 20]);
    expect(read).toEqual(stored.toReversed());
  });

  it("answers the oldest first when asked", async () => {
    const stored = await store("ascending", [30, 20, 10]);
    const answer = await api.call("POST", "/events/filter", {
      filter: { event: { name: ["ascending"] }, order: "ASC" },
      limit: 2,
    });
    expect(idsOf(answer.body.events)).toEqual(stored.slice(0, 2));
  });

  it("looks no further than now when not told", async () => {
    await store("future", [-60]);
    const filter = { event: { name: ["future"] } };
    expect((await api.call("POST", "/events/filter", { filter })).body.total).toBe(0);
    const occurred = { until: "2100-01-01T00:00:00Z" };
    expect((await api.call("POST", "/events/filter", { filter: { ...filter, occurred } })).body.total).toBe(
      1,
    );
  });

  it("takes no filter, and no body at all", async () => {
    expect((await api.call("POST", "/events/filter", {})).status).toBe(200);
    expect((await api.call("POST", "/events/filter")).status).toBe(200);
  });

  it.each([
    [{ limit: 51 }, ["body", "limit"]],
    [{ limit: -1 }, ["body", "limit"]],
    [{ filter: { color: "red" } }, ["body", "filter", "color"]],
    [{ filter: { text: { query: "x".repeat(201) } } }, ["body", "filter", "text", "query"]],
  ])("refuses %j and names the field", async (body, loc) => {
    const answer = await api.call("POST", "/events/filter", body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail[0].loc).toEqual(loc);
  });

  it.each(["nonsense", "eyJmaWx0ZXIiOnt9fQ"])("answers 403 to the page token %s", async (token) => {
    expect((await api.call("GET", `/events/filter/next?page-token=${token}`)).status).toBe(403);
  });
});

describe("POST /events/count-by", () => {
  it("counts by slices of time, without gaps", async () => {
    const occurred = ["10:00:01", "10:00:59", "10:03:30"].map((time) => `${YESTERDAY}T${time}Z`);
    const events = occurred.map((moment) => wireEvent({ event: "counted", occurred: moment }));
    await api.call("POST", "/events", events);
    const filter = {
      event: { name: ["counted"] },
      occurred: { since: `${YESTERDAY}T10:00:00Z`, until: `${YESTERDAY}T10:03:59Z` },
    };
    const answer = await api.call("POST", "/events/count-by/time", { filter, time_unit: "minute" });
    expect(answer.status).toBe(200);
    expect(answer.body.map(({ count }: { count: number }) => count)).toEqual([2, 0, 0, 1]);
    expect(answer.body[3]).toEqual({
      value: "3",
      label: `${YESTERDAY}T10:03:00+00:00`,
      count: 1,
      start_time: `${YESTERDAY}T10:03:00Z`,
      end_time: `${YESTERDAY}T10:03:59.999999Z`,
    });
    const days = await api.call("POST", "/events/count-by/day", { filter, time_unit: "week" });
    expect(days.body).toMatchObject([{ count: 3, start_time: `${YESTERDAY}T00:00:00Z` }]);
  });

  it("counts by name and by resource, the most first", async () => {
    const tag = newId<"test">();
    const event = (name: string, id: string, label: string, second: number) =>
      wireEvent({
        event: `${tag}.${name}`,
        occurred: `${YESTERDAY}T10:00:0${second}Z`,
        resource: { "prefect.resource.id": id, "prefect.resource.name": label },
      });
    const events = [
      event("a", "r.1", "old name", 1),
      event("b", "r.1", "new name", 2),
      event("b", "r.2", "other", 3),
    ];
    await api.call("POST", "/events", events);
    const filter = { event: { prefix: [tag] }, occurred: { since: `${YESTERDAY}T00:00:00Z` } };
    const byName = await api.call("POST", "/events/count-by/event", { filter });
    expect(byName.body).toMatchObject([
      { value: `${tag}.b`, label: `${tag}.b`, count: 2 },
      { value: `${tag}.a`, label: `${tag}.a`, count: 1 },
    ]);
    const byResource = await api.call("POST", "/events/count-by/resource", { filter });
    expect(byResource.body).toMatchObject([
      { value: "r.1", label: "new name", count: 2, start_time: `${YESTERDAY}T10:00:01Z` },
      { value: "r.2", label: "other", count: 1 },
    ]);
  });

  it("refuses more slices than a screen can show, and unknown things to count by", async () => {
    const filter = { occurred: { since: "2026-08-01T00:00:00Z", until: "2026-08-02T00:00:00Z" } };
    const answer = await api.call("POST", "/events/count-by/time", { filter, time_unit: "second" });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining("86400") } });
    expect((await api.call("POST", "/events/count-by/color", { filter })).status).toBe(422);
  });
});
