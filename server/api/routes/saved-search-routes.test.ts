import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const save = (body: unknown) => api.call("PUT", "/saved_searches/", body);
const filter = { object: "flow_run", property: "name", type: "string", operation: "equals", value: null };
const missing = { status: 404, body: { detail: "Saved search not found" } };

it("nobody saves or reads searches without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("PUT", "/saved_searches/", { name: "a" })).status).toBe(401);
  expect((await guarded.call("POST", "/saved_searches/filter")).status).toBe(401);
});

it.each([
  [{}, ["name"], "missing"],
  [{ name: 5 }, ["name"], "string_type"],
  [{ name: "a", filters: null }, ["filters"], "list_type"],
  [{ name: "a", filters: [{ ...filter, value: undefined }] }, ["filters", 0, "value"], "missing"],
  [{ name: "a", filters: [], colour: "red" }, ["colour"], "extra_forbidden"],
])("saving refuses %j and names the field", async (body, loc, type) => {
  const answer = await save(body);
  expect(answer.status).toBe(422);
  expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", ...loc], type }]);
});

it("saves a search once under its name, and then replaces its filters", async () => {
  const first = await save({ name: "mine", filters: [{ ...filter, unknown: 1 }] });
  expect(first).toMatchObject({ status: 201, body: { id: expect.any(String), name: "mine" } });
  expect(first.body.filters).toEqual([filter]);
  const second = await save({ name: "mine", filters: [filter, { ...filter, value: [1, "x"] }] });
  expect(second).toMatchObject({ status: 200, body: { id: first.body.id, created: first.body.created } });
  expect(second.body.filters).toHaveLength(2);
  expect(await api.call("GET", `/saved_searches/${first.body.id}`)).toMatchObject({
    status: 200,
    body: second.body,
  });
});

it("lists searches by name, page by page", async () => {
  for (const name of ["list-b", "list-a"]) await save({ name });
  const names = async (page?: object) => {
    const { body } = await api.call("POST", "/saved_searches/filter", page);
    return body.map(({ name }: { name: string }) => name);
  };
  const all = await names();
  expect(all).toEqual(all.toSorted());
  expect(all).toEqual(expect.arrayContaining(["list-a", "list-b"]));
  expect(await names({ limit: 1, offset: all.indexOf("list-b") })).toEqual(["list-b"]);
  expect((await api.call("POST", "/saved_searches/filter", { limit: 201 })).status).toBe(422);
});

it("deletes a search once", async () => {
  const { body } = await save({ name: "going" });
  expect((await api.call("DELETE", `/saved_searches/${body.id}`)).status).toBe(204);
  expect(await api.call("DELETE", `/saved_searches/${body.id}`)).toMatchObject(missing);
  expect(await api.call("GET", `/saved_searches/${body.id}`)).toMatchObject(missing);
  expect(await api.call("GET", `/saved_searches/${UNKNOWN_ID}`)).toMatchObject(missing);
});
