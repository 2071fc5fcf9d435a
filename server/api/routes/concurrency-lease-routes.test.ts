import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
  for (const limit of [
    { name: "two", limit: 2 },
    { name: "other", limit: 5 },
    { name: "off", limit: 1, active: false },
  ]) {
    await api.call("POST", "/v2/concurrency_limits/", limit);
  }
});
afterAll(() => api[Symbol.asyncDispose]());

const take = (names: string[], slots = 1, rest: object = {}) =>
  api.call("POST", "/v2/concurrency_limits/increment-with-lease", { names, slots, ...rest });
const giveBack = (lease_id: string) =>
  api.call("POST", "/v2/concurrency_limits/decrement-with-lease", { lease_id });
const renew = (lease_id: string, lease_duration = 60) =>
  api.call("POST", `/v2/concurrency_limits/leases/${lease_id}/renew`, { lease_duration });

describe("taking slots", () => {
  it("refuses what is no request for slots", async () => {
    expect((await take(["two"], 0)).status).toBe(422);
    expect((await take(["two"], 1, { lease_duration: 5 })).status).toBe(422);
    expect(await take(["two"], 3)).toMatchObject({
      status: 422,
      body: { detail: "Slots requested is greater than the limit" },
    });
    const decaying = await take(["two"], 1, { mode: "rate_limit" });
    expect(decaying.body.detail).toMatch(/^Only concurrency limits with slot decay can be used/);
  });

  it("of names that nobody knows limits nothing", async () => {
    const answer = await take(["nobody"]);
    expect(answer).toMatchObject({ status: 200, body: { lease_id: expect.any(String), limits: [] } });
    expect((await renew(answer.body.lease_id)).status).toBe(204);
  });

  it("works until they are taken, says when to come back, and works again when they are given back", async () => {
    const leases = [await take(["two"]), await take(["two", "other", "off"])];
    expect(leases[0]?.body.limits).toMatchObject([{ name: "two", limit: 2 }]);
    expect(leases[1]?.body.limits.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      "off",
      "other",
      "two",
    ]);
    const full = await take(["two", "other"]);
    expect(full).toMatchObject({ status: 423, body: { detail: "Locked" } });
    expect(Number(full.headers.get("retry-after"))).toBeGreaterThan(0);
    for (const { body } of leases) expect((await giveBack(body.lease_id)).status).toBe(204);
    const again = await take(["two"], 2);
    expect(again.status).toBe(200);
    await giveBack(again.body.lease_id);
  });

  it("never gives out more than there are, however many ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(["two"])));
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 423)).toHaveLength(18);
    for (const { body } of granted) await giveBack(body.lease_id);
  });
});

describe("a lease", () => {
  it("that is unknown is given back without a word, and can't be renewed", async () => {
    expect((await giveBack(UNKNOWN_ID)).status).toBe(204);
    expect(await renew(UNKNOWN_ID)).toMatchObject({
      status: 410,
      body: { detail: "Lease not found - it may have expired or been revoked" },
    });
  });

  it("that was given back can't be renewed", async () => {
    const { body } = await take(["other"]);
    await giveBack(body.lease_id);
    expect((await renew(body.lease_id)).status).toBe(410);
  });
});
