import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

describe("making a flow", () => {
  it.each([[{}], [{ name: "" }], [{ name: "a/b" }], [{ name: "a", nope: 1 }], [[]]])(
    "refuses %j and names the field",
    async (body) => {
      const answer = await api.call("POST", "/flows/", body);
      expect(answer.status).toBe(422);
      expect(answer.body.exception_detail[0].loc[0]).toBe("body");
      expect(answer.body.request_body).toEqual(body);
    },
  );

  it("answers 201 the first time, 200 and the same flow after that", async () => {
    const body = { name: "once", tags: ["a"], labels: { team: "x" } };
    const first = await api.call("POST", "/flows/", body);
    expect(first).toMatchObject({ status: 201, body: { ...body, id: expect.any(String) } });
    const second = await api.call("POST", "/flows/", { name: "once", tags: ["other"] });
    expect(second).toMatchObject({ status: 200, body: first.body });
  });

  it("makes one flow for many that ask at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.call("POST", "/flows/", { name: "at-once" })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });
});

describe("a flow", () => {
  it("is read by id and by name, and is 404 when it is not there", async () => {
    const { body: flow } = await api.call("POST", "/flows/", { name: "read me" });
    expect(await api.call("GET", `/flows/${flow.id}`)).toMatchObject({ status: 200, body: flow });
    expect(await api.call("GET", "/flows/name/read%20me")).toMatchObject({ status: 200, body: flow });
    const missing = { status: 404, body: { detail: "Flow not found" } };
    expect(await api.call("GET", `/flows/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await api.call("GET", "/flows/name/nobody")).toMatchObject(missing);
  });

  it("changes only in the keys that are sent", async () => {
    const { body: flow } = await api.call("POST", "/flows/", { name: "changing", tags: ["a"] });
    expect((await api.call("PATCH", `/flows/${UNKNOWN_ID}`, { tags: [] })).status).toBe(404);
    expect((await api.call("PATCH", `/flows/${flow.id}`, {})).status).toBe(204);
    expect((await api.call("GET", `/flows/${flow.id}`)).body.tags).toEqual(["a"]);
    expect((await api.call("PATCH", `/flows/${flow.id}`, { tags: ["b"] })).status).toBe(204);
    expect((await api.call("GET", `/flows/${flow.id}`)).body.tags).toEqual(["b"]);
    expect((await api.call("PATCH", `/flows/${flow.id}`, { name: "other" })).status).toBe(422);
  });

  it("goes with its runs when it is deleted", async () => {
    const { body: flow } = await api.call("POST", "/flows/", { name: "going" });
    const { body: run } = await api.call("POST", "/flow_runs/", { flow_id: flow.id });
    expect((await api.call("DELETE", `/flows/${flow.id}`)).status).toBe(204);
    expect((await api.call("DELETE", `/flows/${flow.id}`)).status).toBe(404);
    expect((await api.call("GET", `/flow_runs/${run.id}`)).status).toBe(404);
  });
});

describe("lists of flows", () => {
  it.each([
    [{ limit: 201 }, "Invalid limit: must be less than or equal to 200."],
    [{ limit: -1 }, "Invalid limit: must be greater than or equal to 0."],
  ])("refuse %j with a bare detail", async (body, detail) => {
    expect(await api.call("POST", "/flows/filter", body)).toMatchObject({ status: 422, body: { detail } });
  });

  it("filter, count and page", async () => {
    for (const name of ["list-a", "list-b", "list-c"]) await api.call("POST", "/flows/", { name });
    const flows = { name: { like_: "list-" } };
    const list = await api.call("POST", "/flows/filter", { flows, limit: null, sort: "NAME_DESC" });
    expect(list.body.map((flow: { name: string }) => flow.name)).toEqual(["list-c", "list-b", "list-a"]);
    expect((await api.call("POST", "/flows/count", { flows })).body).toBe(3);
    const page = await api.call("POST", "/flows/paginate", { flows, limit: 2, page: 2 });
    expect(page.body).toMatchObject({
      results: [{ name: "list-c" }],
      count: 3,
      limit: 2,
      pages: 2,
      page: 2,
    });
  });

  it("delete in bulk what the filter finds and nothing else", async () => {
    const { body: kept } = await api.call("POST", "/flows/", { name: "bulk-kept" });
    const { body: gone } = await api.call("POST", "/flows/", { name: "bulk-gone" });
    const answer = await api.call("POST", "/flows/bulk_delete", { flows: { id: { any_: [gone.id] } } });
    expect(answer.body).toEqual({ deleted: [gone.id] });
    expect((await api.call("GET", `/flows/${kept.id}`)).status).toBe(200);
    expect((await api.call("POST", "/flows/bulk_delete", { limit: 51 })).status).toBe(422);
  });
});
