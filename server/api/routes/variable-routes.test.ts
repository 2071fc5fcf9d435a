import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const create = (body: unknown) => api.call("POST", "/variables/", body);
const missing = { status: 404, body: { detail: "Variable not found." } };

it("nobody reads or makes variables without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/variables/", { name: "a", value: 1 })).status).toBe(401);
  expect((await guarded.call("GET", "/variables/name/a")).status).toBe(401);
});

describe("making a variable", () => {
  it.each([
    [{ name: "a" }, "value", "missing"],
    [{ value: 1 }, "name", "missing"],
    [{ name: "A b", value: 1 }, "name", "value_error"],
    [{ name: "a".repeat(256), value: 1 }, "name", "too_long"],
    [{ name: "a", value: "é".repeat(2500) }, "value", "value_error"],
    [{ name: "a", value: 1, tags: null }, "tags", "list_type"],
    [{ name: "a", value: 1, colour: "red" }, "colour", "extra_forbidden"],
  ])("refuses %j and names the field", async (body, field, type) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it.each([["text"], [0], [false], [null], [{ a: [1, 2.5, null] }], [[]]])(
    "takes the value %j",
    async (value) => {
      const name = `value-${JSON.stringify(value).replace(/[^a-z0-9]/g, "_")}`;
      const made = await create({ name, value });
      expect(made).toMatchObject({ status: 201, body: { id: expect.any(String), name, value, tags: [] } });
      expect((await api.call("GET", `/variables/${made.body.id}`)).body).toEqual(made.body);
      expect((await api.call("GET", `/variables/name/${name}`)).body).toEqual(made.body);
    },
  );

  it("takes the longest value and the longest name", async () => {
    const body = { name: "n".repeat(255), value: "v".repeat(4998) };
    expect((await create(body)).status).toBe(201);
  });

  it("says which name is taken, and keeps the one that is there", async () => {
    await create({ name: "taken", value: 1 });
    expect(await create({ name: "taken", value: 2 })).toMatchObject({
      status: 409,
      body: { detail: "A variable with the name 'taken' already exists." },
    });
    expect((await api.call("GET", "/variables/name/taken")).body.value).toBe(1);
  });
});

describe("a variable", () => {
  it("that is not there is 404, by id and by name", async () => {
    for (const path of [UNKNOWN_ID, "name/nobody"]) {
      expect(await api.call("GET", `/variables/${path}`)).toMatchObject(missing);
      expect(await api.call("PATCH", `/variables/${path}`, { value: 1 })).toMatchObject(missing);
      expect(await api.call("DELETE", `/variables/${path}`)).toMatchObject(missing);
    }
  });

  it("changes by id and by name, only in the keys that are sent, and can be renamed", async () => {
    const { body: made } = await create({ name: "changing", value: 1, tags: ["a"] });
    const patch = async (path: string, body: unknown) =>
      (await api.call("PATCH", `/variables/${path}`, body)).status;
    expect(await patch(made.id, { value: { b: 2 } })).toBe(204);
    expect(await patch("name/changing", { name: "changed", tags: [] })).toBe(204);
    const changed = (await api.call("GET", "/variables/name/changed")).body;
    expect(changed).toMatchObject({ id: made.id, created: made.created, value: { b: 2 }, tags: [] });
    expect(changed.updated > made.updated).toBe(true);
    expect(await patch(made.id, { value: null })).toBe(204);
    expect((await api.call("GET", `/variables/${made.id}`)).body.value).toBeNull();
  });

  it("keeps its name, its tags and the names of others", async () => {
    const { body: made } = await create({ name: "stubborn", value: 1 });
    await create({ name: "in-the-way", value: 1 });
    for (const body of [{ name: null }, { tags: null }, { name: "in-the-way" }]) {
      const answer = await api.call("PATCH", `/variables/${made.id}`, body);
      expect(answer).toMatchObject({ status: 409, body: { detail: /^Data integrity conflict\./ } });
    }
    expect((await api.call("PATCH", `/variables/${made.id}`, { name: "No" })).status).toBe(422);
    expect((await api.call("GET", `/variables/${made.id}`)).body).toEqual(made);
  });

  it("is deleted once", async () => {
    const { body: made } = await create({ name: "going", value: 1 });
    expect((await api.call("DELETE", "/variables/name/going")).status).toBe(204);
    expect(await api.call("DELETE", `/variables/${made.id}`)).toMatchObject(missing);
  });

  it("tells of itself when it is made, changed and deleted, and of nothing that was refused", async () => {
    const { body: made } = await create({ name: "told", value: [1], tags: ["t"] });
    await create({ name: "told", value: 2 });
    await api.call("PATCH", `/variables/${made.id}`, { name: null });
    await api.call("PATCH", `/variables/${made.id}`, { name: "retold" });
    await api.call("DELETE", `/variables/${made.id}`);
    const id = `prefect.variable.${made.id}`;
    const resource = (name: string) => ({ "prefect.resource.id": id, "prefect.resource.name": name });
    const payload = (name: string) => ({ name, value: [1], tags: ["t"] });
    expect(await publishedEvents(api, id, 3)).toMatchObject([
      {
        event: "prefect.variable.created",
        resource: resource("told"),
        payload: payload("told"),
        related: [],
      },
      { event: "prefect.variable.updated", resource: resource("retold"), payload: payload("retold") },
      { event: "prefect.variable.deleted", resource: resource("retold"), payload: payload("retold") },
    ]);
  });
});

describe("lists of variables", () => {
  it("filter, count and page", async () => {
    for (const name of ["list_a", "list_b", "list_c"]) await create({ name, value: name, tags: [name] });
    const variables = { name: { like_: "list_" } };
    const list = await api.call("POST", "/variables/filter", {
      variables,
      sort: "NAME_DESC",
      limit: 2,
      offset: 1,
    });
    expect(list.body.map(({ value }: { value: string }) => value)).toEqual(["list_b", "list_a"]);
    expect((await api.call("POST", "/variables/count", { variables })).body).toBe(3);
    const tagged = { tags: { all_: ["list_c"] } };
    expect((await api.call("POST", "/variables/filter", { variables: tagged })).body).toHaveLength(1);
    expect((await api.call("POST", "/variables/count")).body).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [{ variables: { nome: {} } }],
    [{ variables: { tags: { any_: ["a"] } } }],
    [{ sort: "SIDEWAYS" }],
    [{ limit: 201 }],
    [{ offset: -1 }],
  ])("refuse %j", async (body) => {
    expect((await api.call("POST", "/variables/filter", body)).status).toBe(422);
  });
});
