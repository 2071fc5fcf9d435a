import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { type Blocks, blocksOf } from "./fixtures/blocks.ts";

let api: Api;
let blocks: Blocks;
beforeAll(async () => {
  api = await startApi();
  blocks = blocksOf(api);
});
afterAll(() => api[Symbol.asyncDispose]());

describe("block schemas", () => {
  it("are found again by checksum, whose numbers keep their spelling", async () => {
    const type = await blocks.makeType();
    const raw = async (fields: string) => {
      const answer = await fetch(`${api.url}/api/block_schemas/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"block_type_id":"${type.id}","fields":${fields}}`,
      });
      return { status: answer.status, text: await answer.text() };
    };
    const float = '{"properties":{"a":{"default":1.0}}}';
    const first = await raw(float);
    expect(first.status).toBe(201);
    expect(first.text).toContain('"default":1.0');
    const made = JSON.parse(first.text);
    expect((await raw(float)).status).toBe(200);
    const whole = await raw('{"properties":{"a":{"default":1}}}');
    expect(whole.status).toBe(201);
    expect(JSON.parse(whole.text).checksum).not.toBe(made.checksum);
    expect((await api.call("GET", `/block_schemas/checksum/${made.checksum}`)).body.id).toBe(made.id);
    expect((await api.call("GET", `/block_schemas/checksum/${made.checksum}?version=2`)).status).toBe(404);
  });

  it("bring those nested in them, and show them again", async () => {
    const [inner, outer] = [await blocks.makeType(), await blocks.makeType()];
    const innerFields = {
      title: "Inner",
      type: "object",
      block_type_slug: inner.slug,
      properties: { x: { type: "string" } },
    };
    const fields = {
      title: "Outer",
      properties: { child: { $ref: "#/definitions/Inner" }, level: { $ref: "#/definitions/Level" } },
      block_schema_references: {
        child: { block_type_slug: inner.slug, block_schema_checksum: "sha256:unknown" },
      },
      definitions: { Inner: innerFields, Level: { title: "Level", enum: ["a"] } },
    };
    const made = await api.call("POST", "/block_schemas/", { fields, block_type_id: outer.id });
    expect(made).toMatchObject({ status: 201, body: { fields: { definitions: fields.definitions } } });
    const read = (await api.call("GET", `/block_schemas/${made.body.id}`)).body;
    const reference = read.fields.block_schema_references.child;
    expect(reference.block_type_slug).toBe(inner.slug);
    expect(Object.keys(read.fields.definitions).toSorted()).toEqual(["Inner", "Level"]);
    expect(read.fields.definitions.Inner).toMatchObject(innerFields);
    const child = (await api.call("GET", `/block_schemas/checksum/${reference.block_schema_checksum}`)).body;
    expect(child.block_type.slug).toBe(inner.slug);
  });

  it.each([
    [{ child: { block_type_slug: "nobody", block_schema_checksum: "x" } }, 409],
    [{ child: { block_type_slug: "secret", block_schema_checksum: "x" } }, 422],
    [{ child: "secret" }, 422],
    ["child", 422],
  ])("are refused with the references %j", async (block_schema_references, status) => {
    const type = await blocks.makeType();
    const body = { fields: { title: type.slug, block_schema_references }, block_type_id: type.id };
    expect((await api.call("POST", "/block_schemas/", body)).status).toBe(status);
    const block_schemas = { block_type_id: { any_: [type.id] } };
    expect((await api.call("POST", "/block_schemas/filter", { block_schemas })).body).toEqual([]);
  });

  it("need a type, and end with their documents", async () => {
    expect(await api.call("POST", "/block_schemas/", { block_type_id: UNKNOWN_ID })).toMatchObject({
      status: 404,
      body: { detail: `Block type ${UNKNOWN_ID} not found.` },
    });
    expect((await api.call("POST", "/block_schemas/", { fields: 1, block_type_id: UNKNOWN_ID })).status).toBe(
      422,
    );
    const made = await blocks.makeSchema();
    const { body: document } = await blocks.makeDocument(made, "ending", {});
    expect((await api.call("DELETE", `/block_schemas/${made.schema.id}`)).status).toBe(204);
    expect((await api.call("DELETE", `/block_schemas/${made.schema.id}`)).status).toBe(404);
    expect((await api.call("GET", `/block_documents/${document.id}`)).status).toBe(404);
  });
});
