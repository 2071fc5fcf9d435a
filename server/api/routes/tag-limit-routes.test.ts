import { newId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const ROOT = "/concurrency_limits";
const put = (tag: string, concurrency_limit: number) =>
  api.call("POST", `${ROOT}/`, { tag, concurrency_limit });
const holders = async (tag: string) => (await api.call("GET", `${ROOT}/tag/${tag}`)).body.active_slots;
const taken = async (tag: string) =>
  (await api.call("GET", `/v2/concurrency_limits/tag:${tag}`)).body.active_slots;
const take = (names: string[], task_run_id: string) =>
  api.call("POST", `${ROOT}/increment`, { names, task_run_id });
const giveBack = (names: string[], task_run_id: string) =>
  api.call("POST", `${ROOT}/decrement`, { names, task_run_id });
const missing = { status: 404, body: { detail: "Concurrency limit not found" } };

it("nobody limits tags or takes their slots without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", `${ROOT}/`, { tag: "a", concurrency_limit: 1 })).status).toBe(401);
  expect((await guarded.call("GET", `${ROOT}/tag/a`)).status).toBe(401);
});

describe("the limit of a tag", () => {
  it.each([
    [{ tag: "a" }, "concurrency_limit", "missing"],
    [{ concurrency_limit: 1 }, "tag", "missing"],
    [{ tag: 5, concurrency_limit: 1 }, "tag", "string_type"],
    [{ tag: "a", concurrency_limit: 1, name: "a" }, "name", "extra_forbidden"],
  ])("is not made of %j", async (body, field, type) => {
    const answer = await api.call("POST", `${ROOT}/`, body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it("is made once, and then changed; it is the global one of that name", async () => {
    const made = await put("once", 1);
    expect(made).toMatchObject({
      status: 201,
      body: { tag: "once", concurrency_limit: 1, active_slots: [] },
    });
    const changed = await put("once", 2);
    expect(changed).toMatchObject({ status: 200, body: { id: made.body.id, concurrency_limit: 2 } });
    expect(await api.call("GET", `${ROOT}/${made.body.id}`)).toMatchObject({
      status: 200,
      body: changed.body,
    });
    expect((await api.call("GET", "/v2/concurrency_limits/tag:once")).body).toMatchObject({
      id: made.body.id,
      limit: 2,
    });
    const id = `prefect.concurrency-limit.${made.body.id}`;
    const events = await publishedEvents(api, id, 2);
    expect(events.map(({ event }) => event.split(".").at(-1))).toEqual(["created", "updated"]);
    expect(events[1]?.payload).toEqual({
      name: "tag:once",
      limit: 2,
      active: true,
      slot_decay_per_second: 0,
    });
  });

  it("is one when many make it at once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => put("crowd", 1)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it("that is not there is 404, and so is a limit that is not one of a tag", async () => {
    const other = await api.call("POST", "/v2/concurrency_limits/", { name: "no-tag", limit: 1 });
    for (const path of [UNKNOWN_ID, "tag/nobody", other.body.id]) {
      expect(await api.call("GET", `${ROOT}/${path}`)).toMatchObject(missing);
      expect(await api.call("DELETE", `${ROOT}/${path}`)).toMatchObject(missing);
    }
    expect(await api.call("POST", `${ROOT}/tag/nobody/reset`)).toMatchObject(missing);
  });

  it("is deleted by id and by tag", async () => {
    const { body } = await put("by-id", 1);
    expect(await api.call("DELETE", `${ROOT}/${body.id}`)).toMatchObject({ status: 200, body: null });
    await put("by-tag", 1);
    await take(["by-tag"], newId());
    expect(await api.call("DELETE", `${ROOT}/tag/by-tag`)).toMatchObject({ status: 200, body: null });
    await put("by-tag", 1);
    expect(await holders("by-tag")).toEqual([]);
  });

  it("lists with the other tags, and without other limits", async () => {
    await put("listed", 1);
    await api.call("POST", "/v2/concurrency_limits/", { name: "a-global-one", limit: 1 });
    const run = newId();
    await take(["listed"], run);
    const { body } = await api.call("POST", `${ROOT}/filter`);
    const tags = body.map(({ tag }: { tag: string }) => tag);
    expect(tags).toEqual(tags.toSorted());
    expect(tags).not.toContain("a-global-one");
    const page = await api.call("POST", `${ROOT}/filter`, { limit: 1, offset: tags.indexOf("listed") });
    expect(page.body).toMatchObject([{ tag: "listed", active_slots: [run] }]);
  });
});

describe("slots of tags", () => {
  it("are held by task runs until they are given back", async () => {
    await put("held", 2);
    const [first, second, third] = [newId(), newId(), newId()];
    expect(await take(["held", "unlimited"], first)).toMatchObject({
      status: 200,
      body: [{ name: "held", limit: 2 }],
    });
    await take(["held"], second);
    expect(await holders("held")).toEqual([first, second]);
    const full = await take(["held"], third);
    expect(full).toMatchObject({
      status: 423,
      body: { detail: "Concurrency limit for the held tag has been reached" },
    });
    expect(full.headers.get("retry-after")).toBe("10");
    expect(await giveBack(["held", "unlimited"], first)).toMatchObject({
      status: 200,
      body: [{ name: "tag:held" }],
    });
    expect(await giveBack(["held"], first)).toMatchObject({ status: 200 });
    expect(await holders("held")).toEqual([second]);
    expect((await take(["held"], third)).status).toBe(200);
  });

  it("are all taken or none", async () => {
    await put("both-a", 2);
    await put("both-b", 1);
    await take(["both-b"], newId());
    expect((await take(["both-a", "both-b"], newId())).status).toBe(423);
    expect(await holders("both-a")).toEqual([]);
  });

  it("that there are none of are refused for good", async () => {
    await put("zero", 0);
    const answer = await take(["zero"], newId());
    expect(answer).toMatchObject({
      status: 423,
      body: {
        detail: 'The concurrency limit on tag "zero" is 0 and will deadlock if the task tries to run again.',
      },
    });
    expect(answer.headers.get("retry-after")).toBeNull();
  });

  it("show the task runs that hold a lease of the newer kind, and are taken from it alone", async () => {
    await put("newer", 2);
    await put("newer-too", 2);
    const id = newId();
    const body = { names: ["tag:newer", "tag:newer-too"], slots: 1, holder: { type: "task_run", id } };
    await api.call("POST", "/v2/concurrency_limits/increment-with-lease", body);
    expect([await holders("newer"), await holders("newer-too")]).toEqual([[id], [id]]);
    await giveBack(["newer"], id);
    expect([await holders("newer"), await holders("newer-too")]).toEqual([[], [id]]);
  });

  it("can be given to others by hand, even more than there are", async () => {
    await put("reset", 1);
    await take(["reset"], newId());
    const runs = [newId(), newId()];
    const reset = (body?: object) => api.call("POST", `${ROOT}/tag/reset/reset`, body);
    expect(await reset({ slot_override: runs })).toMatchObject({ status: 200, body: null });
    expect(await holders("reset")).toEqual(runs);
    expect(await taken("reset")).toBe(2);
    expect((await reset({ slot_override: ["x"] })).status).toBe(422);
    expect((await reset()).status).toBe(200);
    expect([await holders("reset"), await taken("reset")]).toEqual([[], 0]);
  });

  it.each([[{ names: ["x"] }], [{ task_run_id: UNKNOWN_ID }], [{ names: ["x"], task_run_id: "x" }]])(
    "are refused to %j",
    async (body) => {
      expect((await api.call("POST", `${ROOT}/increment`, body)).status).toBe(422);
      expect((await api.call("POST", `${ROOT}/decrement`, body)).status).toBe(422);
    },
  );
});
