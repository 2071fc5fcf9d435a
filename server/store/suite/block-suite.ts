import { type BlockDocumentFilter, newId, parseExactJson } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BlockDocument } from "../block-documents.ts";
import type { BlockSchema } from "../block-schemas.ts";
import type { BlockType } from "../block-types.ts";
import { StoreConflictError } from "../errors.ts";
import type { Store, StoreTransaction } from "../store.ts";
import { NOON, noon, type OpenStore, otherWorkspace, type StoreUnderTest, WORKSPACE } from "./fixtures.ts";

const OWNED = { workspace_id: WORKSPACE, created: NOON, updated: NOON, created_by: null, updated_by: null };
const SIGNATURE = { updated: noon(1), updated_by: null };

let serial = 0;

function aBlockType(changes: Partial<BlockType> = {}): BlockType {
  serial += 1;
  return {
    ...OWNED,
    id: newId(),
    name: `Type ${serial}`,
    slug: `type-${serial}`,
    logo_url: null,
    documentation_url: null,
    description: null,
    code_example: null,
    is_protected: false,
    ...changes,
  };
}

function aBlockSchema(type: BlockType, changes: Partial<BlockSchema> = {}): BlockSchema {
  serial += 1;
  return {
    ...OWNED,
    id: newId(),
    checksum: `sha256:${serial}`,
    fields: {},
    block_type_id: type.id,
    capabilities: [],
    version: "1",
    ...changes,
  };
}

function aBlockDocument(schema: BlockSchema, changes: Partial<BlockDocument> = {}): BlockDocument {
  serial += 1;
  return {
    ...OWNED,
    id: newId(),
    name: `document-${serial}`,
    data: "sealed",
    is_anonymous: false,
    block_type_name: "Type",
    block_type_id: schema.block_type_id,
    block_schema_id: schema.id,
    ...changes,
  };
}

const ANY_DOCUMENT: BlockDocumentFilter = { operator: "and_", is_anonymous: null };

export function blockSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  const type = aBlockType({ slug: "the-type", name: "A type" });
  const schema = aBlockSchema(type);
  const write = <Result>(work: (tx: StoreTransaction) => Promise<Result>) => store.transaction(work);

  beforeAll(async () => {
    under = await open();
    store = under.store;
    await write((tx) => tx.blockTypes.create(type));
    await write((tx) => tx.blockSchemas.create(schema));
  });
  afterAll(() => under[Symbol.asyncDispose]());

  describe("types", () => {
    it("are kept as they are and read by id and by slug, in their workspace", async () => {
      const full = aBlockType({ description: "d", code_example: "c", logo_url: "l", is_protected: true });
      expect(await write((tx) => tx.blockTypes.create(full))).toBe(true);
      expect(await store.reads.blockTypes.read(WORKSPACE, full.id)).toEqual(full);
      expect(await store.reads.blockTypes.readBySlug(WORKSPACE, full.slug)).toEqual(full);
      expect(await store.reads.blockTypes.readMany(WORKSPACE, [full.id, newId()])).toEqual([full]);
      expect(await store.reads.blockTypes.read(otherWorkspace(), full.id)).toBeNull();
    });

    it("have slugs that are taken once in a workspace", async () => {
      expect(await write((tx) => tx.blockTypes.create(aBlockType({ slug: type.slug })))).toBe(false);
      const elsewhere = aBlockType({ slug: type.slug, workspace_id: otherWorkspace() });
      expect(await write((tx) => tx.blockTypes.create(elsewhere))).toBe(true);
    });

    it("change in the keys that are given", async () => {
      const changing = aBlockType({ description: "old", logo_url: "l" });
      await write((tx) => tx.blockTypes.create(changing));
      const change = { ...SIGNATURE, description: null };
      const changed = await write((tx) => tx.blockTypes.update(WORKSPACE, changing.id, change));
      expect(changed).toEqual({ ...changing, ...change });
      expect(await write((tx) => tx.blockTypes.update(WORKSPACE, newId(), change))).toBeNull();
    });

    it("are found by name, slug and what their schemas can do", async () => {
      const workspace_id = otherWorkspace();
      const types = [aBlockType({ workspace_id, name: "b" }), aBlockType({ workspace_id, name: "Abc" })];
      const able = aBlockSchema(types[1] as BlockType, { workspace_id, capabilities: ["x", "y"] });
      await write(async (tx) => {
        for (const made of types) await tx.blockTypes.create(made);
        await tx.blockSchemas.create(able);
      });
      const find = async (filter = {}, schemaFilter: object | null = null) => {
        const schemas = schemaFilter && { operator: "and_" as const, ...schemaFilter };
        const query = { filter, schemaFilter: schemas, limit: 10, offset: 0 };
        return (await store.reads.blockTypes.list(workspace_id, query)).map(({ name }) => name);
      };
      expect(await find()).toEqual(["Abc", "b"]);
      expect(await find({ name: { like_: "BC" } })).toEqual(["Abc"]);
      expect(await find({ slug: { any_: [types[0]?.slug] } })).toEqual(["b"]);
      expect(await find({}, { block_capabilities: { all_: ["y"] } })).toEqual(["Abc"]);
      expect(await find({}, { block_capabilities: { all_: ["y", "z"] } })).toEqual([]);
    });

    it("take their schemas and documents with them", async () => {
      const going = aBlockType();
      const itsSchema = aBlockSchema(going);
      const document = aBlockDocument(itsSchema);
      await write(async (tx) => {
        await tx.blockTypes.create(going);
        await tx.blockSchemas.create(itsSchema);
        await tx.blockDocuments.create(document);
      });
      expect(await write((tx) => tx.blockTypes.delete(otherWorkspace(), going.id))).toBe(false);
      expect(await write((tx) => tx.blockTypes.delete(WORKSPACE, going.id))).toBe(true);
      expect(await store.reads.blockSchemas.read(WORKSPACE, itsSchema.id)).toBeNull();
      expect(await store.reads.blockDocuments.read(WORKSPACE, document.id)).toBeNull();
    });
  });

  describe("schemas", () => {
    it("keep their fields to the spelling of numbers and the order of keys", async () => {
      const text = '{"z":1.0,"a":{"long":12345678901234567890,"é":"ü"},"1":[]}';
      const exact = aBlockSchema(type, { fields: parseExactJson(text) as BlockSchema["fields"] });
      await write((tx) => tx.blockSchemas.create(exact));
      const read = await store.reads.blockSchemas.read(WORKSPACE, exact.id);
      expect(JSON.stringify(read?.fields)).toBe(JSON.stringify(parseExactJson(text)));
    });

    it("are there once by checksum and version, and read by both or as the newest", async () => {
      const checksum = "sha256:same";
      const [first, second] = [1, 2].map((n) =>
        aBlockSchema(type, { checksum, version: `v${n}`, created: noon(n), capabilities: [`c${n}`] }),
      ) as [BlockSchema, BlockSchema];
      for (const made of [first, second])
        expect(await write((tx) => tx.blockSchemas.create(made))).toBe(true);
      expect(await write((tx) => tx.blockSchemas.create({ ...first, id: newId() }))).toBe(false);
      const read = (version: string | null) =>
        store.reads.blockSchemas.readByChecksum(WORKSPACE, checksum, version);
      expect(await read("v1")).toEqual(first);
      expect(await read(null)).toEqual(second);
      expect(await read("v3")).toBeNull();
    });

    it("lead to those that they refer to, even in a circle", async () => {
      const [a, b, c] = [aBlockSchema(type), aBlockSchema(type), aBlockSchema(type)];
      const edge = (name: string, parent: BlockSchema, child: BlockSchema) => ({
        name,
        parent_block_schema_id: parent.id,
        reference_block_schema_id: child.id,
      });
      const edges = [edge("one", a, b), edge("two", a, b), edge("deep", b, c), edge("back", c, a)];
      await write(async (tx) => {
        for (const made of [a, b, c]) await tx.blockSchemas.create(made);
        for (const made of edges) await tx.blockSchemas.createReference(made);
      });
      const tree = await store.reads.blockSchemas.readTree(WORKSPACE, [a.id]);
      expect(new Set(tree.schemas.map(({ id }) => id))).toEqual(new Set([a.id, b.id, c.id]));
      expect(tree.references).toEqual(edges);
      await write((tx) => tx.blockSchemas.delete(WORKSPACE, b.id));
      expect((await store.reads.blockSchemas.readTree(WORKSPACE, [a.id])).references).toEqual([]);
    });

    it("are listed newest first, and say what they can do, each thing once", async () => {
      const workspace_id = otherWorkspace();
      const owner = aBlockType({ workspace_id });
      const made = [["b", "a"], ["a"], []].map((capabilities, index) =>
        aBlockSchema(owner, { workspace_id, capabilities, created: noon(index), version: `v${index}` }),
      );
      await write(async (tx) => {
        await tx.blockTypes.create(owner);
        for (const one of made) await tx.blockSchemas.create(one);
      });
      const find = async (filter: object) => {
        const query = { filter: { operator: "and_" as const, ...filter }, limit: 10, offset: 0 };
        return (await store.reads.blockSchemas.list(workspace_id, query)).map(({ version }) => version);
      };
      expect(await find({})).toEqual(["v2", "v1", "v0"]);
      expect(await find({ version: { any_: ["v1"] }, id: { any_: [made[1]?.id] } })).toEqual(["v1"]);
      expect(await find({ block_capabilities: { all_: ["a"] } })).toEqual(["v1", "v0"]);
      expect(await find({ block_type_id: { any_: [newId()] } })).toEqual([]);
      expect(await store.reads.blockSchemas.listCapabilities(workspace_id)).toEqual(["a", "b"]);
    });
  });

  describe("documents", () => {
    it("are kept as they are and read by id and by the slug of their type", async () => {
      const document = aBlockDocument(schema, { data: 'any "text"' });
      expect(await write((tx) => tx.blockDocuments.create(document))).toBe(true);
      expect(await store.reads.blockDocuments.read(WORKSPACE, document.id)).toEqual(document);
      expect(await store.reads.blockDocuments.readByName(WORKSPACE, type.slug, document.name)).toEqual(
        document,
      );
      expect(await store.reads.blockDocuments.readByName(WORKSPACE, "no-type", document.name)).toBeNull();
      expect(await store.reads.blockDocuments.read(otherWorkspace(), document.id)).toBeNull();
    });

    it("have names that are taken once in a type, and need a schema", async () => {
      const document = aBlockDocument(schema);
      await write((tx) => tx.blockDocuments.create(document));
      expect(await write((tx) => tx.blockDocuments.create({ ...document, id: newId() }))).toBe(false);
      const orphan = aBlockDocument(schema, { block_schema_id: newId() });
      await expect(write((tx) => tx.blockDocuments.create(orphan))).rejects.toThrow(StoreConflictError);
    });

    it("change and are deleted in their own workspace", async () => {
      const document = aBlockDocument(schema);
      await write((tx) => tx.blockDocuments.create(document));
      const change = { ...SIGNATURE, data: "other" };
      expect(await write((tx) => tx.blockDocuments.update(otherWorkspace(), document.id, change))).toBe(
        false,
      );
      expect(await write((tx) => tx.blockDocuments.update(WORKSPACE, document.id, change))).toBe(true);
      expect(await store.reads.blockDocuments.read(WORKSPACE, document.id)).toEqual({
        ...document,
        ...change,
      });
      expect(await write((tx) => tx.blockDocuments.delete(otherWorkspace(), document.id))).toBe(false);
      expect(await write((tx) => tx.blockDocuments.delete(WORKSPACE, document.id))).toBe(true);
      expect(await write((tx) => tx.blockDocuments.delete(WORKSPACE, document.id))).toBe(false);
    });

    it("lead to those that they refer to, which replace the former ones", async () => {
      const [a, b, c] = [aBlockDocument(schema), aBlockDocument(schema), aBlockDocument(schema)];
      await write(async (tx) => {
        for (const made of [a, b, c]) await tx.blockDocuments.create(made);
        await tx.blockDocuments.replaceReferences(a.id, new Map([["old", c.id]]));
        await tx.blockDocuments.replaceReferences(a.id, new Map([["child", b.id]]));
        await tx.blockDocuments.replaceReferences(b.id, new Map([["grandchild", c.id]]));
        await tx.blockDocuments.lock([a.id, b.id]);
      });
      const tree = await store.reads.blockDocuments.readTree(WORKSPACE, [a.id]);
      expect(new Set(tree.documents.map(({ id }) => id))).toEqual(new Set([a.id, b.id, c.id]));
      expect(tree.references.map(({ name }) => name)).toEqual(["child", "grandchild"]);
      const nowhere = new Map([["gone", newId<"block-document">()]]);
      await expect(write((tx) => tx.blockDocuments.replaceReferences(a.id, nowhere))).rejects.toThrow(
        StoreConflictError,
      );
      await write((tx) => tx.blockDocuments.delete(WORKSPACE, b.id));
      expect((await store.reads.blockDocuments.readTree(WORKSPACE, [a.id])).references).toEqual([]);
    });

    it("are found by their own fields and by those of their type and schema", async () => {
      const workspace_id = otherWorkspace();
      const owner = aBlockType({ workspace_id });
      const able = aBlockSchema(owner, { workspace_id, capabilities: ["x"] });
      const made = ["b-1", "a-2", "c-3"].map((name, index) =>
        aBlockDocument(able, {
          workspace_id,
          name,
          is_anonymous: index === 2,
          block_type_name: `T${index % 2}`,
        }),
      );
      await write(async (tx) => {
        await tx.blockTypes.create(owner);
        await tx.blockSchemas.create(able);
        for (const one of made) await tx.blockDocuments.create(one);
      });
      const find = async (changes: object = {}, filter: object = {}) => {
        const query = {
          filter: { ...ANY_DOCUMENT, ...filter },
          typeFilter: null,
          schemaFilter: null,
          sort: "NAME_ASC" as const,
          limit: null,
          offset: 0,
          ...changes,
        };
        const found = await store.reads.blockDocuments.list(workspace_id, query);
        expect(await store.reads.blockDocuments.count(workspace_id, query)).toBeGreaterThanOrEqual(
          found.length,
        );
        return found.map(({ name }) => name);
      };
      expect(await find()).toEqual(["a-2", "b-1", "c-3"]);
      expect(await find({ sort: "NAME_DESC", limit: 1, offset: 1 })).toEqual(["b-1"]);
      expect(await find({ sort: "BLOCK_TYPE_AND_NAME_ASC" })).toEqual(["b-1", "c-3", "a-2"]);
      expect(await find({}, { is_anonymous: { eq_: false } })).toEqual(["a-2", "b-1"]);
      expect(await find({}, { is_anonymous: { eq_: true } })).toEqual(["c-3"]);
      expect(await find({}, { name: { like_: "-1" } })).toEqual(["b-1"]);
      expect(await find({}, { id: { any_: [made[0]?.id] }, block_type_id: { any_: [owner.id] } })).toEqual([
        "b-1",
      ]);
      expect(await find({ typeFilter: { slug: { any_: ["other"] } } })).toEqual([]);
      const withX = { operator: "and_", block_capabilities: { all_: ["x"] } };
      expect(await find({ schemaFilter: withX })).toHaveLength(3);
    });
  });
}
