import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { type Blocks, blocksOf, type MadeSchema } from "./fixtures/blocks.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

const MASK = "********";

let api: Api;
let blocks: Blocks;
beforeAll(async () => {
  api = await startApi();
  blocks = blocksOf(api);
});
afterAll(() => api[Symbol.asyncDispose]());

const clear = async (id: string) =>
  (await api.call("GET", `/block_documents/${id}?include_secrets=true`)).body;
const refer = (id: string) => ({ $ref: { block_document_id: id } });

describe("block documents", () => {
  let made: MadeSchema;
  beforeAll(async () => {
    made = await blocks.makeSchema(
      { secret_fields: ["s", "h.*", "deep.s"] },
      { capabilities: ["write-path"] },
    );
  });

  it.each([
    [{ data: {} }, "Value error, Names must be provided for block documents."],
    [
      { name: "No Name" },
      "Value error, Block document name must only contain lowercase letters, numbers, and dashes.",
    ],
    [{ name: "a", data: null }, "Input should be a valid dictionary"],
    [{ name: "a", colour: "red" }, "Extra inputs are not permitted"],
  ])("are refused as %j", async (body, msg) => {
    const ids = { block_type_id: made.type.id, block_schema_id: made.schema.id };
    const answer = await api.call("POST", "/block_documents/", { ...ids, ...body });
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ msg }]);
  });

  it("need their type and a schema of it", async () => {
    const ids = { block_type_id: made.type.id, block_schema_id: made.schema.id };
    const create = (body: object) => api.call("POST", "/block_documents/", { name: "lost", ...ids, ...body });
    const other = await blocks.makeSchema();
    expect((await create({ block_type_id: UNKNOWN_ID })).status).toBe(404);
    expect((await create({ block_schema_id: UNKNOWN_ID })).status).toBe(409);
    expect((await create({ block_schema_id: other.schema.id })).status).toBe(400);
  });

  it("show their secrets only to those who ask for them", async () => {
    const data = { s: { any: "json" }, t: "t", h: { a: "x", b: null }, deep: { s: "x", t: 1 }, n: 1 };
    const masked = { s: MASK, t: "t", h: { a: MASK, b: MASK }, deep: { s: MASK, t: 1 }, n: 1 };
    const { status, body } = await blocks.makeDocument(made, "secretive", data);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      data: masked,
      block_type_name: made.type.name,
      block_document_references: {},
    });
    expect((await api.call("GET", `/block_documents/${body.id}`)).body).toEqual(body);
    expect((await clear(body.id)).data).toEqual(data);
    const byName = `/block_types/slug/${made.type.slug}/block_documents/name/secretive`;
    expect((await api.call("GET", byName)).body).toEqual(body);
    expect((await api.call("GET", `${byName}?include_secrets=True`)).body.data).toEqual(data);
    expect((await api.call("GET", `${byName}?include_secrets=perhaps`)).status).toBe(422);
    const block_documents = { id: { any_: [body.id] } };
    const list = (include_secrets: boolean) =>
      api.call("POST", "/block_documents/filter", { block_documents, include_secrets });
    expect((await list(false)).body[0].data).toEqual(masked);
    expect((await list(true)).body[0].data).toEqual(data);
  });

  it("keep the spelling of numbers", async () => {
    const body = `{"name":"exact","data":{"f":1.0,"n":12345678901234567890},"block_type_id":"${made.type.id}","block_schema_id":"${made.schema.id}"}`;
    const answer = await fetch(`${api.url}/api/block_documents/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(await answer.text()).toContain('"data":{"f":1.0,"n":12345678901234567890}');
  });

  it("are merged with what is sent; masks stand for the secrets that are stored", async () => {
    const { body: document } = await blocks.makeDocument(made, "merged", {
      s: "one",
      t: 1,
      h: { a: "x", b: "y" },
    });
    const patch = (body: object) => api.call("PATCH", `/block_documents/${document.id}`, body);
    expect((await patch({ data: { s: MASK, h: { a: MASK, b: "new" }, more: true } })).status).toBe(204);
    expect((await clear(document.id)).data).toEqual({ s: "one", t: 1, h: { a: "x", b: "new" }, more: true });
    expect((await patch({ data: { s: MASK }, merge_existing_data: false })).status).toBe(204);
    expect((await clear(document.id)).data).toEqual({ s: "one" });
    expect((await patch({})).status).toBe(204);
    expect((await clear(document.id)).data).toEqual({ s: "one" });
    expect((await patch({ merge_existing_data: false })).status).toBe(204);
    expect((await clear(document.id)).data).toEqual({});
  });

  it("move to another schema of their type and to no other", async () => {
    const { body: document } = await blocks.makeDocument(made, "moving", { a: 1 });
    const body = { fields: { title: "next" }, block_type_id: made.type.id };
    const { body: next } = await api.call("POST", "/block_schemas/", body);
    const other = await blocks.makeSchema();
    const patch = (block_schema_id: string) =>
      api.call("PATCH", `/block_documents/${document.id}`, { data: {}, block_schema_id });
    expect((await patch(next.id)).status).toBe(204);
    expect(await patch(other.schema.id)).toMatchObject({
      status: 400,
      body: { detail: "Must migrate block document to a block schema of the same block type." },
    });
    expect((await clear(document.id)).block_schema_id).toBe(next.id);
  });

  it("hold others, which show inside of them", async () => {
    const { body: leaf } = await blocks.makeDocument(made, "leaf", { s: "x", t: "leaf" });
    const { body: branch } = await blocks.makeDocument(made, "branch", { leaf: refer(leaf.id), t: "branch" });
    const { body: tree } = await blocks.makeDocument(made, "tree", { branch: refer(branch.id), t: "tree" });
    expect(tree.data).toEqual({ t: "tree", branch: { t: "branch", leaf: { s: MASK, t: "leaf" } } });
    expect((await clear(tree.id)).data.branch.leaf.s).toBe("x");
    expect(tree.block_document_references.branch.block_document).toMatchObject({
      id: branch.id,
      name: "branch",
      is_anonymous: false,
      block_type: { slug: made.type.slug },
      block_document_references: { leaf: { block_document: { id: leaf.id } } },
    });
    await api.call("PATCH", `/block_documents/${tree.id}`, { data: { t: "changed" } });
    expect((await clear(tree.id)).data.branch.t).toBe("branch");
    await api.call("PATCH", `/block_documents/${tree.id}`, { data: { branch: null } });
    expect(await clear(tree.id)).toMatchObject({ data: { branch: null }, block_document_references: {} });
    expect((await api.call("DELETE", `/block_documents/${leaf.id}`)).status).toBe(204);
    expect((await clear(branch.id)).data).toEqual({ t: "branch" });
  });

  it("can't hold themselves, what holds them, or what isn't there", async () => {
    const { body: a } = await blocks.makeDocument(made, "circle-a", {});
    const { body: b } = await blocks.makeDocument(made, "circle-b", { a: refer(a.id) });
    const patch = (id: string, data: object) => api.call("PATCH", `/block_documents/${id}`, { data });
    expect((await patch(a.id, { self: refer(a.id) })).status).toBe(400);
    expect((await patch(a.id, { b: refer(b.id) })).body.detail).toMatch(/would introduce a cycle/);
    expect((await patch(a.id, { b: refer(UNKNOWN_ID) })).status).toBe(409);
    expect((await patch(a.id, { b: { $ref: "b" } })).status).toBe(400);
    expect((await blocks.makeDocument(made, "refers-to-nothing", { b: refer(UNKNOWN_ID) })).status).toBe(409);
    expect((await clear(a.id)).data).toEqual({});
  });

  it("can't be made to hold more than anybody could read", async () => {
    let { body: last } = await blocks.makeDocument(made, "doubling-0", {});
    const statuses: number[] = [];
    for (let level = 1; level < 12; level++) {
      const data = { left: refer(last.id), right: refer(last.id) };
      const answer = await blocks.makeDocument(made, `doubling-${level}`, data);
      statuses.push(answer.status);
      if (answer.status !== 201) break;
      last = answer.body;
    }
    expect(statuses).toEqual([...Array<number>(8).fill(201), 400]);
  });

  it("without a name are anonymous, found when asked for, and tell nobody", async () => {
    const { body: anonymous } = await blocks.makeDocument(made, null, { t: 1 }, { is_anonymous: true });
    expect(anonymous.name).toMatch(/^anonymous-[0-9a-f-]{36}$/);
    const count = async (filter: object | null) =>
      (await api.call("POST", "/block_documents/count", { block_documents: filter })).body;
    const ids = { id: { any_: [anonymous.id] } };
    expect(await count(ids)).toBe(0);
    expect(await count({ ...ids, is_anonymous: null })).toBe(1);
    const path = `/block_types/slug/${made.type.slug}/block_documents`;
    const named = (await api.call("GET", path)).body.map(({ name }: { name: string }) => name);
    expect(named).toContain("secretive");
    expect(named).not.toContain(anonymous.name);
    const { body: next } = await blocks.makeDocument(made, "after-anonymous", {});
    await publishedEvents(api, `prefect.block-document.${next.id}`, 1);
    expect(await publishedEvents(api, `prefect.block-document.${anonymous.id}`, 0)).toEqual([]);
  });

  it("tell of themselves without their secrets", async () => {
    const { body: told } = await blocks.makeDocument(made, "told", {
      s: "hush",
      t: "open",
      h: { a: "hush" },
      n: 1,
    });
    await api.call("PATCH", `/block_documents/${told.id}`, { data: { t: "opener" } });
    await api.call("DELETE", `/block_documents/${told.id}`);
    const events = await publishedEvents(api, `prefect.block-document.${told.id}`, 3);
    expect(events.map(({ event }) => event.split(".").at(-1))).toEqual(["created", "updated", "deleted"]);
    expect(events[0]).toMatchObject({
      resource: { "prefect.resource.name": "told" },
      payload: {
        name: "told",
        data: { t: "open" },
        block_schema: {
          capabilities: ["write-path"],
          block_type: { id: made.type.id, name: made.type.name },
        },
      },
    });
    expect(JSON.stringify(events)).not.toContain("hush");
  });

  it("are the default place of results until they go", async () => {
    const { body: place } = await blocks.makeDocument(made, "results", {});
    const plain = await blocks.makeSchema();
    const { body: unable } = await blocks.makeDocument(plain, "unable", {});
    const put = (id: string) => api.call("PUT", "/admin/storage", { default_result_storage_block_id: id });
    const current = async () =>
      (await api.call("GET", "/admin/storage")).body.default_result_storage_block_id;
    expect((await put(UNKNOWN_ID)).status).toBe(404);
    expect((await put(unable.id)).status).toBe(422);
    expect(await put(place.id)).toMatchObject({
      status: 200,
      body: { default_result_storage_block_id: place.id },
    });
    expect(await current()).toBe(place.id);
    await api.call("DELETE", `/block_documents/${place.id}`);
    expect(await current()).toBeNull();
  });

  it("that are not there are 404, and names are taken once per type", async () => {
    const missing = { status: 404, body: { detail: "Block document not found" } };
    expect(await api.call("GET", `/block_documents/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await api.call("PATCH", `/block_documents/${UNKNOWN_ID}`, { data: {} })).toMatchObject(missing);
    expect(await api.call("DELETE", `/block_documents/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect((await api.call("GET", "/block_types/slug/secret/block_documents/name/nobody")).status).toBe(404);
    await blocks.makeDocument(made, "taken", {});
    expect(await blocks.makeDocument(made, "taken", {})).toMatchObject({
      status: 409,
      body: { detail: "Block already exists" },
    });
  });
});
