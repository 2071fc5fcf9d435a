import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { type Blocks, blocksOf } from "./fixtures/blocks.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
let blocks: Blocks;
beforeAll(async () => {
  api = await startApi();
  blocks = blocksOf(api);
});
afterAll(() => api[Symbol.asyncDispose]());

it("nobody sees or makes blocks without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  for (const [method, target] of [
    ["POST", "/block_types/filter"],
    ["POST", "/block_schemas/"],
    ["GET", `/block_documents/${UNKNOWN_ID}`],
    ["GET", "/block_capabilities/"],
  ] as const) {
    expect((await guarded.call(method, target, method === "POST" ? {} : undefined)).status).toBe(401);
  }
});

describe("block types", () => {
  it.each([
    [{ slug: "a" }, "name", "missing"],
    [{ name: "A", slug: "Not A Slug" }, "slug", "value_error"],
    [{ name: "a/b", slug: "a" }, "name", "string_pattern_mismatch"],
    [{ name: "A", slug: "a", is_protected: true }, "is_protected", "extra_forbidden"],
  ])("are refused as %j, with the field named", async (body, field, type) => {
    const answer = await api.call("POST", "/block_types/", body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it("are made once per slug, with their words made harmless, and not in the system's name", async () => {
    const body = { name: "Words", slug: "words", description: 'a <b> & "c"', code_example: "x < y" };
    const made = await api.call("POST", "/block_types/", body);
    expect(made).toMatchObject({
      status: 201,
      body: { description: 'a &lt;b&gt; &amp; "c"', code_example: "x &lt; y", is_protected: false },
    });
    expect((await api.call("GET", "/block_types/slug/words")).body).toEqual(made.body);
    expect((await api.call("GET", `/block_types/${made.body.id}`)).body).toEqual(made.body);
    expect(await api.call("POST", "/block_types/", body)).toMatchObject({
      status: 409,
      body: { detail: 'Block type with name "Words" already exists' },
    });
    const reserved = await api.call("POST", "/block_types/", { name: "PrefectThing", slug: "thing" });
    expect(reserved.status).toBe(403);
  });

  it("change, and tell so, only when something is different", async () => {
    const type = await blocks.makeType({ description: "a & b" });
    const patch = (body: object) => api.call("PATCH", `/block_types/${type.id}`, body);
    expect((await patch({ description: "a & b" })).status).toBe(204);
    expect((await patch({ logo_url: "http://logo" })).status).toBe(204);
    expect((await api.call("GET", `/block_types/${type.id}`)).body).toMatchObject({
      description: "a &amp; b",
      logo_url: "http://logo",
    });
    expect((await api.call("DELETE", `/block_types/${type.id}`)).status).toBe(204);
    const events = await publishedEvents(api, `prefect.block-type.${type.id}`, 3);
    expect(events.map(({ event }) => event)).toEqual([
      "prefect.block-type.created",
      "prefect.block-type.updated",
      "prefect.block-type.deleted",
    ]);
  });

  it("that are not there are 404", async () => {
    const missing = { status: 404, body: { detail: "Block type not found" } };
    expect(await api.call("GET", `/block_types/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await api.call("GET", "/block_types/slug/nobody")).toMatchObject(missing);
    expect(await api.call("GET", "/block_types/slug/nobody/block_documents")).toMatchObject(missing);
    expect(await api.call("PATCH", `/block_types/${UNKNOWN_ID}`, {})).toMatchObject(missing);
    expect(await api.call("DELETE", `/block_types/${UNKNOWN_ID}`)).toMatchObject(missing);
  });

  it("of the server's own are there from the start and can't be deleted, their schemas neither", async () => {
    for (const slug of ["secret", "webhook", "local-file-system"]) {
      const { body: type } = await api.call("GET", `/block_types/slug/${slug}`);
      expect(type.is_protected).toBe(true);
      expect((await api.call("DELETE", `/block_types/${type.id}`)).status).toBe(403);
      const block_schemas = { block_type_id: { any_: [type.id] } };
      const [schema] = (await api.call("POST", "/block_schemas/filter", { block_schemas })).body;
      expect((await api.call("DELETE", `/block_schemas/${schema.id}`)).status).toBe(403);
    }
    const before = (await api.call("POST", "/block_types/filter")).body;
    const installed = await api.call("POST", "/block_types/install_system_block_types");
    expect(installed).toMatchObject({ status: 200, body: null });
    expect((await api.call("POST", "/block_types/filter")).body).toEqual(before);
    expect((await api.call("GET", "/block_capabilities/")).body).toEqual(
      expect.arrayContaining(["notify", "write-path"]),
    );
  });
});
