import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const create = (body: unknown) => api.call("POST", "/artifacts/", body);
const latest = (key: string) => api.call("GET", `/artifacts/${key}/latest`);
const collectionOf = async (key: string) => {
  const { body } = await api.call("POST", "/artifacts/latest/filter", {
    artifacts: { key: { any_: [key] } },
  });
  return body[0];
};
const missing = { status: 404, body: { detail: "Artifact not found." } };

it("nobody reads or makes artifacts without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/artifacts/", {})).status).toBe(401);
  expect((await guarded.call("POST", "/artifacts/latest/filter", {})).status).toBe(401);
});

describe("making an artifact", () => {
  it.each([
    [{ key: "Bad Key" }, ["key"], "value_error"],
    [{ type: 5 }, ["type"], "string_type"],
    [{ metadata_: { n: 5 } }, ["metadata_", "n"], "string_type"],
    [{ flow_run_id: "x" }, ["flow_run_id"], "uuid_parsing"],
    [{ metadata: {} }, ["metadata"], "extra_forbidden"],
  ])("refuses %j and names the field", async (body, loc, type) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", ...loc], type }]);
  });

  it("needs nothing, and keeps everything", async () => {
    expect(await create({})).toMatchObject({
      status: 201,
      body: { key: null, type: null, data: null, metadata_: null },
    });
    const body = {
      key: "everything",
      type: "table",
      description: "a *table*",
      data: '[{"a": 1}]',
      metadata_: { source: "x" },
      flow_run_id: UNKNOWN_ID,
      task_run_id: UNKNOWN_ID,
    };
    const made = await create(body);
    expect(made).toMatchObject({ status: 201, body: { ...body, id: expect.any(String) } });
    expect(await api.call("GET", `/artifacts/${made.body.id}`)).toMatchObject({
      status: 200,
      body: made.body,
    });
  });

  it("cuts long metadata, by characters", async () => {
    const { body } = await create({ metadata_: { long: "é😀".repeat(300), short: "x".repeat(500) } });
    expect(body.metadata_).toEqual({ long: `${"é😀".repeat(250)}...`, short: "x".repeat(500) });
  });
});

describe("an artifact", () => {
  it("that is not there is 404", async () => {
    expect(await api.call("GET", `/artifacts/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await api.call("PATCH", `/artifacts/${UNKNOWN_ID}`, {})).toMatchObject(missing);
    expect(await api.call("DELETE", `/artifacts/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await latest("no-such-key")).toMatchObject(missing);
  });

  it("changes only in the keys that are sent", async () => {
    const { body: made } = await create({
      type: "progress",
      data: 10,
      description: "d",
      metadata_: { a: "b" },
    });
    expect((await api.call("PATCH", `/artifacts/${made.id}`, { data: 20 })).status).toBe(204);
    const changed = (await api.call("GET", `/artifacts/${made.id}`)).body;
    expect(changed).toEqual({ ...made, data: 20, updated: changed.updated });
    expect(changed.updated > made.updated).toBe(true);
    await api.call("PATCH", `/artifacts/${made.id}`, { data: null, description: null, metadata_: null });
    expect((await api.call("GET", `/artifacts/${made.id}`)).body).toMatchObject({
      data: null,
      description: null,
    });
    expect((await api.call("PATCH", `/artifacts/${made.id}`, { key: "k" })).status).toBe(422);
  });
});

describe("artifacts of one key", () => {
  it("show the newest under the id of their collection", async () => {
    const { body: first } = await create({ key: "shown", data: 1 });
    const { body: second } = await create({ key: "shown", data: 2 });
    const answer = await latest("shown");
    const collection = await collectionOf("shown");
    expect(collection).toMatchObject({
      latest_id: second.id,
      data: 2,
      created: first.created,
      updated: second.updated,
    });
    expect([first.id, second.id]).not.toContain(collection.id);
    const { latest_id: _, ...shown } = collection;
    expect(answer).toMatchObject({ status: 200, body: shown });
    expect(answer.body.latest_id).toBeUndefined();
    await api.call("PATCH", `/artifacts/${second.id}`, { data: 3 });
    expect((await latest("shown")).body.data).toBe(3);
  });

  it("fall back to the one before when the newest is deleted, and end with the last", async () => {
    const made = [];
    for (const data of [1, 2, 3]) made.push((await create({ key: "falling", data })).body.id);
    const remove = async (id: string) => (await api.call("DELETE", `/artifacts/${id}`)).status;
    expect(await remove(made[1])).toBe(204);
    expect((await latest("falling")).body.data).toBe(3);
    expect(await remove(made[2])).toBe(204);
    expect(await collectionOf("falling")).toMatchObject({ latest_id: made[0], data: 1 });
    expect(await remove(made[0])).toBe(204);
    expect(await remove(made[0])).toBe(404);
    expect(await latest("falling")).toMatchObject(missing);
  });

  it("lose none of them when all are deleted at once", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 10; count += 1) ids.push((await create({ key: "racing" })).body.id);
    const gone = ids.filter((_, index) => index !== 4);
    await Promise.all(gone.map((id) => api.call("DELETE", `/artifacts/${id}`)));
    expect(await collectionOf("racing")).toMatchObject({ latest_id: ids[4] });
  });

  it("tell nothing of their collection when one goes that is not its newest", async () => {
    const { body: older } = await create({ key: "quiet" });
    const { body: newest } = await create({ key: "quiet" });
    const id = `prefect.artifact-collection.${(await collectionOf("quiet")).id}`;
    await api.call("DELETE", `/artifacts/${older.id}`);
    await api.call("DELETE", `/artifacts/${newest.id}`);
    const events = await publishedEvents(api, id, 3);
    expect(events.map(({ event }) => event.split(".").at(-1))).toEqual(["created", "updated", "deleted"]);
  });

  it("tell of their collection when its newest is another, and when there is none", async () => {
    const { body: first } = await create({
      key: "told",
      type: "markdown",
      data: "1",
      flow_run_id: UNKNOWN_ID,
    });
    const id = `prefect.artifact-collection.${(await collectionOf("told")).id}`;
    const { body: second } = await create({ key: "told", data: "2", task_run_id: UNKNOWN_ID });
    await api.call("PATCH", `/artifacts/${second.id}`, { description: "no event" });
    await api.call("DELETE", `/artifacts/${second.id}`);
    await api.call("DELETE", `/artifacts/${first.id}`);
    const resource = { "prefect.resource.id": id, "prefect.resource.name": "told" };
    const related = (role: string, kind: string, of: string) => ({
      "prefect.resource.id": `prefect.${kind}.${of}`,
      "prefect.resource.role": role,
    });
    const ofFirst = {
      resource,
      payload: { key: "told", type: "markdown", data: "1", description: null },
      related: [related("latest", "artifact", first.id), related("flow-run", "flow-run", UNKNOWN_ID)],
    };
    const events = await publishedEvents(api, id, 4);
    expect(events.map(({ event }) => event)).toEqual(
      ["created", "updated", "updated", "deleted"].map((action) => `prefect.artifact-collection.${action}`),
    );
    expect(events).toMatchObject([
      ofFirst,
      {
        resource,
        payload: { key: "told", type: null, data: "2", description: null },
        related: [related("latest", "artifact", second.id), related("task-run", "task-run", UNKNOWN_ID)],
      },
      ofFirst,
      ofFirst,
    ]);
  });
});

describe("lists of artifacts", () => {
  it("filter and count", async () => {
    const { body: flow } = await api.call("POST", "/flows/", { name: "artist" });
    const { body: run } = await api.call("POST", "/flow_runs/", { flow_id: flow.id });
    for (const data of [1, 2]) await create({ key: "listed", data, flow_run_id: run.id });
    const filters = { flows: { name: { any_: ["artist"] } }, artifacts: { key: { like_: "LIST" } } };
    const list = await api.call("POST", "/artifacts/filter", { ...filters, sort: "CREATED_DESC" });
    expect(list.body.map(({ data }: { data: number }) => data)).toEqual([2, 1]);
    expect((await api.call("POST", "/artifacts/count", filters)).body).toBe(2);
    expect((await api.call("POST", "/artifacts/latest/filter", filters)).body).toMatchObject([{ data: 2 }]);
    expect((await api.call("POST", "/artifacts/latest/count", filters)).body).toBe(1);
    const nobody = { ...filters, flows: { name: { any_: ["nobody"] } } };
    expect((await api.call("POST", "/artifacts/latest/count", nobody)).body).toBe(0);
    expect((await api.call("POST", "/artifacts/count")).body).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ["/artifacts/filter", { artifacts: { latest_id: {} } }],
    ["/artifacts/latest/filter", { artifacts: { id: {} } }],
    ["/artifacts/filter", { sort: "NAME_ASC" }],
    ["/artifacts/latest/filter", { limit: 201 }],
  ])("%s refuses %j", async (path, body) => {
    expect((await api.call("POST", path, body)).status).toBe(422);
  });
});
