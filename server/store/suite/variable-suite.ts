import type { VariableFilter, VariableSort } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreConflictError } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Variable } from "../variables.ts";
import {
  aVariable,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  WORKSPACE,
} from "./fixtures.ts";

export function variableSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const make = (...variables: Variable[]) =>
    store.transaction(async (tx) => {
      for (const variable of variables) await tx.variables.create(variable);
    });

  it.each([["text"], [0], [1.5], [false], [null], [{ a: [1, { b: null }] }], [[]]])(
    "keep the value %j",
    async (value) => {
      const variable = aVariable({ value, tags: ["b", "a", "b"] });
      await make(variable);
      expect(await store.reads.variables.read(WORKSPACE, variable.id)).toEqual(variable);
      expect(await store.reads.variables.readByName(WORKSPACE, variable.name)).toEqual(variable);
    },
  );

  it("have names that are taken once in a workspace", async () => {
    const variable = aVariable();
    await make(variable);
    await expect(make(aVariable({ name: variable.name }))).rejects.toThrow(StoreConflictError);
    const elsewhere = aVariable({ name: variable.name, workspace_id: otherWorkspace() });
    await make(elsewhere);
    expect(await store.reads.variables.read(WORKSPACE, elsewhere.id)).toBeNull();
    expect(await store.reads.variables.readByName(WORKSPACE, variable.name)).toEqual(variable);
  });

  it("change only in the keys that are given", async () => {
    const [variable, other] = [aVariable({ tags: ["a"] }), aVariable()];
    await make(variable, other);
    const signature = { updated: noon(1), updated_by: null };
    const update = (changes: object, workspace = WORKSPACE) =>
      store.transaction((tx) => tx.variables.update(workspace, variable.id, { ...signature, ...changes }));
    expect(await update({ value: null })).toEqual({ ...variable, value: null, updated: noon(1) });
    expect(await update({ name: "renamed", tags: [] })).toMatchObject({ name: "renamed", tags: [] });
    await expect(update({ name: other.name })).rejects.toThrow(StoreConflictError);
    expect(await update({ value: 2 }, otherWorkspace())).toBeNull();
    expect(await store.reads.variables.read(WORKSPACE, variable.id)).toMatchObject({ value: null });
  });

  it("are deleted once, by their own workspace", async () => {
    const variable = aVariable({ value: { a: 1 } });
    await make(variable);
    const remove = (workspace = WORKSPACE) =>
      store.transaction((tx) => tx.variables.delete(workspace, variable.id));
    expect(await remove(otherWorkspace())).toBeNull();
    expect(await remove()).toEqual(variable);
    expect(await remove()).toBeNull();
    expect(await store.reads.variables.read(WORKSPACE, variable.id)).toBeNull();
  });

  describe("lists", () => {
    const workspace = otherWorkspace();
    const variable = (name: string, seconds: number, tags: string[] = []) =>
      aVariable({ workspace_id: workspace, name, tags, created: noon(seconds), updated: noon(-seconds) });
    const first = variable("b_first", 1, ["x", "y"]);

    beforeAll(() => make(first, variable("a-second", 2, ["x"]), variable("c-third", 3), aVariable()));

    const find = async (filter: Partial<VariableFilter>, sort: VariableSort = "NAME_ASC", page = {}) => {
      const query = { filter: { operator: "and_" as const, ...filter }, sort, limit: 10, offset: 0, ...page };
      const found = await store.reads.variables.list(workspace, query);
      expect(await store.reads.variables.count(workspace, query.filter)).toBeGreaterThanOrEqual(found.length);
      return found.map(({ name }) => name);
    };

    it("come in the order asked for, page by page", async () => {
      expect(await find({})).toEqual(["a-second", "b_first", "c-third"]);
      expect(await find({}, "NAME_DESC")).toEqual(["c-third", "b_first", "a-second"]);
      expect(await find({}, "CREATED_DESC")).toEqual(["c-third", "a-second", "b_first"]);
      expect(await find({}, "UPDATED_DESC")).toEqual(["b_first", "a-second", "c-third"]);
      expect(await find({}, "NAME_ASC", { limit: 1, offset: 1 })).toEqual(["b_first"]);
      expect(await store.reads.variables.count(workspace, null)).toBe(3);
      expect(first.created).not.toBe(NOON);
    });

    it.each<[string, Partial<VariableFilter>, string[]]>([
      ["id", { id: { any_: [first.id] } }, ["b_first"]],
      ["no id", { id: { any_: [] } }, []],
      ["name", { name: { any_: ["c-third", "nobody"] } }, ["c-third"]],
      ["part of the name, whatever the case", { name: { like_: "IR" } }, ["b_first", "c-third"]],
      ["wildcards", { name: { like_: "a%d" } }, ["a-second"]],
      ["all of some tags", { tags: { operator: "and_", all_: ["x", "y"] } }, ["b_first"]],
      ["no tags", { tags: { operator: "and_", is_null_: true } }, ["c-third"]],
      [
        "either of two",
        { operator: "or_", name: { any_: ["c-third"] }, tags: { operator: "and_", all_: ["y"] } },
        ["b_first", "c-third"],
      ],
    ])("are found by %s", async (_, filter, names) => {
      expect(await find(filter)).toEqual(names);
    });
  });
}
