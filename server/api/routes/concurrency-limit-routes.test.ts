import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const ROOT = "/v2/concurrency_limits";
const create = (body: unknown) => api.call("POST", `${ROOT}/`, body);
const read = async (name: string) => (await api.call("GET", `${ROOT}/${encodeURIComponent(name)}`)).body;
const patch = async (name: string, body: unknown) =>
  (await api.call("PATCH", `${ROOT}/${name}`, body)).status;
const take = (names: string[], slots = 1, rest: object = {}) =>
  api.call("POST", `${ROOT}/increment`, { names, slots, ...rest });
const giveBack = (names: string[], slots = 1, rest: object = {}) =>
  api.call("POST", `${ROOT}/decrement`, { names, slots, ...rest });
const lease = (names: string[], slots = 1) =>
  api.call("POST", `${ROOT}/increment-with-lease`, { names, slots });
const missing = { status: 404, body: { detail: "Concurrency Limit not found" } };

it("nobody makes limits or takes slots without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", `${ROOT}/`, { name: "a", limit: 1 })).status).toBe(401);
  expect((await guarded.call("POST", `${ROOT}/increment`, { names: ["a"], slots: 1 })).status).toBe(401);
});

describe("making a limit", () => {
  it.each([
    [{ limit: 1 }, "name", "missing"],
    [{ name: "a/b", limit: 1 }, "name", "string_pattern_mismatch"],
    [{ name: "a" }, "limit", "missing"],
    [{ name: "a", limit: -1 }, "limit", "greater_than_equal"],
    [{ name: "a", limit: 3_000_000_000 }, "limit", "value_error"],
    [{ name: "a", limit: 1, slot_decay_per_second: -0.5 }, "slot_decay_per_second", "greater_than_equal"],
    [{ name: "a", limit: 1, avg_slot_occupancy_seconds: 5 }, "avg_slot_occupancy_seconds", "extra_forbidden"],
  ])("refuses %j and names the field", async (body, field, type) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it("answers with all there is to it, once for each name", async () => {
    const made = await create({ name: "made by name", limit: 3, active_slots: 2, denied_slots: 1 });
    expect(made).toMatchObject({
      status: 201,
      body: {
        active: true,
        name: "made by name",
        limit: 3,
        active_slots: 2,
        denied_slots: 1,
        slot_decay_per_second: 0,
        avg_slot_occupancy_seconds: 2,
      },
    });
    expect((await create({ name: "made by name", limit: 1 })).status).toBe(409);
    const shown = { id: made.body.id, limit: 3, active_slots: 2 };
    expect(await read("made by name")).toMatchObject(shown);
    expect(await read(made.body.id.toUpperCase())).toMatchObject(shown);
    expect(Object.keys(await read(made.body.id))).not.toContain("denied_slots");
  });
});

describe("a limit", () => {
  it("that is not there is 404, by id and by name", async () => {
    for (const handle of [UNKNOWN_ID, "nobody"]) {
      expect(await api.call("GET", `${ROOT}/${handle}`)).toMatchObject(missing);
      expect(await api.call("PATCH", `${ROOT}/${handle}`, { limit: null })).toMatchObject(missing);
      expect(await api.call("DELETE", `${ROOT}/${handle}`)).toMatchObject(missing);
    }
  });

  it("changes only in the keys that are sent, and can't be emptied", async () => {
    await create({ name: "changing", limit: 3 });
    expect(await patch("changing", { limit: 5, active: false })).toBe(204);
    expect(await patch("changing", {})).toBe(204);
    expect(await read("changing")).toMatchObject({ limit: 5, active: false });
    expect(await patch("changing", { name: "changed" })).toBe(204);
    expect((await api.call("GET", `${ROOT}/changing`)).status).toBe(404);
    for (const key of ["name", "limit", "active", "active_slots", "denied_slots", "slot_decay_per_second"]) {
      expect(await patch("changed", { [key]: null })).toBe(409);
    }
    expect(await patch("changed", { limit: -1 })).toBe(422);
  });

  it("lists with the others by name", async () => {
    for (const name of ["list-b", "list-a"]) await create({ name, limit: 1 });
    const { body } = await api.call("POST", `${ROOT}/filter`);
    const names = body.map(({ name }: { name: string }) => name);
    expect(names).toEqual(names.toSorted());
    const page = await api.call("POST", `${ROOT}/filter`, { limit: 1, offset: names.indexOf("list-b") });
    expect(page.body).toMatchObject([{ name: "list-b", active_slots: 0 }]);
    expect((await api.call("POST", `${ROOT}/filter`, { limit: 201 })).status).toBe(422);
  });

  it("tells of itself when it is made, changed and deleted", async () => {
    const { body } = await create({ name: "told", limit: 1 });
    await patch("told", { limit: 2, slot_decay_per_second: 0.5 });
    await take(["told"]);
    expect((await api.call("DELETE", `${ROOT}/told`)).status).toBe(204);
    const id = `prefect.concurrency-limit.${body.id}`;
    const resource = { "prefect.resource.id": id, "prefect.resource.name": "told" };
    const payload = { name: "told", limit: 2, active: true, slot_decay_per_second: 0.5 };
    const events = await publishedEvents(api, id, 3);
    expect(events).toMatchObject([
      {
        event: "prefect.concurrency-limit.created",
        resource,
        payload: { limit: 1, slot_decay_per_second: 0 },
      },
      { event: "prefect.concurrency-limit.updated", resource, payload },
      { event: "prefect.concurrency-limit.deleted", resource, payload },
    ]);
  });
});

describe("slots without a lease", () => {
  it("are taken until they are given back", async () => {
    await create({ name: "plain", limit: 3 });
    expect(await take(["plain", "nobody"], 2)).toMatchObject({
      status: 200,
      body: [{ name: "plain", limit: 3 }],
    });
    const full = await take(["plain"], 2);
    expect(full).toMatchObject({ status: 423, body: { detail: "Locked" } });
    expect(Number(full.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await take(["plain"])).status).toBe(200);
    expect(await read("plain")).toMatchObject({ active_slots: 3 });
    expect(await giveBack(["plain", "nobody"])).toMatchObject({ status: 200, body: [{ name: "plain" }] });
    expect(await read("plain")).toMatchObject({ active_slots: 2 });
    await giveBack(["plain"], 10, { occupancy_seconds: 60 });
    expect(await read("plain")).toMatchObject({ active_slots: 0 });
    expect((await giveBack(["nobody"])).body).toEqual([]);
  });

  it("are all taken or none, also when many ask at once", async () => {
    await create({ name: "crowd-a", limit: 5 });
    await create({ name: "crowd-b", limit: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => take(["crowd-a", "crowd-b"])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect([await read("crowd-a"), await read("crowd-b")]).toMatchObject([
      { active_slots: 3 },
      { active_slots: 3 },
    ]);
  });

  it("leave those of leases alone", async () => {
    await create({ name: "mixed", limit: 3 });
    const held = await lease(["mixed"], 2);
    await take(["mixed"]);
    await giveBack(["mixed"], 3);
    expect(await read("mixed")).toMatchObject({ active_slots: 2 });
    await api.call("POST", `${ROOT}/decrement-with-lease`, { lease_id: held.body.lease_id });
    expect(await read("mixed")).toMatchObject({ active_slots: 0 });
  });

  it("limit nothing while the limit is inactive", async () => {
    await create({ name: "inactive", limit: 0, active: false });
    expect(await take(["inactive"])).toMatchObject({ status: 200, body: [{ name: "inactive" }] });
    expect(await read("inactive")).toMatchObject({ active_slots: 0 });
  });

  it.each([
    [{ names: ["x"] }],
    [{ names: ["x"], slots: 0 }],
    [{ names: "x", slots: 1 }],
    [{ names: ["x"], slots: 1, mode: "sometimes" }],
  ])("are refused to %j", async (body) => {
    expect((await api.call("POST", `${ROOT}/increment`, body)).status).toBe(422);
  });

  it("wait longer to be asked for again, the more were refused", async () => {
    await create({ name: "refusing", limit: 1, active_slots: 1, denied_slots: 14 });
    const few = Number((await take(["refusing"])).headers.get("retry-after"));
    // (1 + 14) · 2 s, at most 30 s, spread by a third at most.
    expect(few).toBeGreaterThan(10);
    expect(few).toBeLessThanOrEqual(40);
  });
});

describe("a person who sets the slots that are taken", () => {
  it("adds some, takes some away, and takes them from leases when there are no others", async () => {
    await create({ name: "by-hand", limit: 5 });
    await create({ name: "beside", limit: 5 });
    const held = await lease(["by-hand", "beside"], 2);
    await patch("by-hand", { active_slots: 4 });
    expect(await read("by-hand")).toMatchObject({ active_slots: 4 });
    await patch("by-hand", { active_slots: 3 });
    expect(await read("by-hand")).toMatchObject({ active_slots: 3 });
    await patch("by-hand", { active_slots: 1 });
    expect(await read("by-hand")).toMatchObject({ active_slots: 1 });
    expect(await read("beside")).toMatchObject({ active_slots: 2 });
    await api.call("POST", `${ROOT}/decrement-with-lease`, { lease_id: held.body.lease_id });
    expect([await read("by-hand"), await read("beside")]).toMatchObject([
      { active_slots: 1 },
      { active_slots: 0 },
    ]);
    await patch("by-hand", { active_slots: 0 });
    expect(await read("by-hand")).toMatchObject({ active_slots: 0 });
  });
});

describe("a rate limit", () => {
  it("frees its slots by itself and is the only one for that mode", async () => {
    await create({ name: "rate", limit: 2, slot_decay_per_second: 20 });
    expect((await take(["rate"], 2, { mode: "rate_limit" })).status).toBe(200);
    await expect.poll(async () => (await read("rate")).active_slots, { timeout: 5000 }).toBe(0);
    await create({ name: "steady", limit: 2 });
    expect((await take(["steady"], 1, { mode: "rate_limit" })).status).toBe(422);
  });

  it("takes what is taken with it when it begins, and refuses what is too much", async () => {
    await create({ name: "slow", limit: 3, active_slots: 2 });
    await patch("slow", { slot_decay_per_second: 0.0001 });
    expect(await read("slow")).toMatchObject({ active_slots: 2 });
    const held = await lease(["slow"]);
    expect(held.status).toBe(200);
    expect((await take(["slow"])).status).toBe(423);
    await api.call("POST", `${ROOT}/decrement-with-lease`, { lease_id: held.body.lease_id });
    await giveBack(["slow"]);
    expect(await read("slow")).toMatchObject({ active_slots: 1 });
    await patch("slow", { active_slots: 3 });
    expect(await read("slow")).toMatchObject({ active_slots: 3 });
  });
});

it("a limit that is deleted leaves what others hold", async () => {
  await create({ name: "doomed", limit: 2, active_slots: 1 });
  await create({ name: "spared", limit: 2 });
  const held = await lease(["doomed", "spared"]);
  await api.call("DELETE", `${ROOT}/doomed`);
  expect(await read("spared")).toMatchObject({ active_slots: 1 });
  const renewed = await api.call("POST", `${ROOT}/leases/${held.body.lease_id}/renew`, {
    lease_duration: 60,
  });
  expect(renewed.status).toBe(204);
  await create({ name: "doomed", limit: 2 });
  expect(await read("doomed")).toMatchObject({ active_slots: 0 });
});
