import { newId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import {
  aFlow,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  WORKSPACE,
} from "./fixtures.ts";

export function flowSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  describe("creating", () => {
    it("makes a flow, or finds the one of its name and leaves it as it is", async () => {
      const flow = aFlow({ tags: ["a"], labels: { x: 1 } });
      expect(await store.transaction((tx) => tx.flows.create(flow))).toEqual({ flow, created: true });
      const again = aFlow({ name: flow.name, tags: ["b"] });
      expect(await store.transaction((tx) => tx.flows.create(again))).toEqual({ flow, created: false });
      expect(await store.reads.flows.read(WORKSPACE, flow.id)).toEqual(flow);
      expect(await store.reads.flows.readByName(WORKSPACE, flow.name)).toEqual(flow);
    });

    it("lets workspaces use the same name", async () => {
      const flow = aFlow();
      const elsewhere = aFlow({ name: flow.name, workspace_id: otherWorkspace() });
      await store.transaction((tx) => tx.flows.create(flow));
      expect(await store.transaction((tx) => tx.flows.create(elsewhere))).toMatchObject({ created: true });
      expect(await store.reads.flows.read(WORKSPACE, elsewhere.id)).toBeNull();
    });

    it("makes one flow when many ask at once", async () => {
      const name = `contested-${newId()}`;
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => store.transaction((tx) => tx.flows.create(aFlow({ name })))),
      );
      expect(answers.filter((answer) => answer.created)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.flow.id)).size).toBe(1);
    });
  });

  it("changes only the keys that are present", async () => {
    const flow = aFlow({ tags: ["a"], labels: { x: 1 } });
    await store.transaction((tx) => tx.flows.create(flow));
    const changes = { tags: ["b"], updated: noon(1), updated_by: null };
    const updated = await store.transaction((tx) => tx.flows.update(WORKSPACE, flow.id, changes));
    expect(updated).toEqual({ ...flow, tags: ["b"], updated: noon(1) });
    expect(await store.transaction((tx) => tx.flows.update(WORKSPACE, newId(), changes))).toBeNull();
  });

  it("lists in every order, page by page", async () => {
    const workspace = otherWorkspace();
    const flows = ["b", "c", "a"].map((name, index) =>
      aFlow({ name, workspace_id: workspace, created: noon(index), updated: noon(-index) }),
    );
    for (const flow of flows) await store.transaction((tx) => tx.flows.create(flow));
    const names = async (sort: "NAME_ASC" | "NAME_DESC" | "CREATED_DESC" | "UPDATED_DESC", offset = 0) => {
      const page = { filters: {}, sort, limit: 2, offset };
      return (await store.reads.flows.list(workspace, page)).map((flow) => flow.name);
    };
    expect(await names("NAME_ASC")).toEqual(["a", "b"]);
    expect(await names("NAME_ASC", 2)).toEqual(["c"]);
    expect(await names("NAME_DESC")).toEqual(["c", "b"]);
    expect(await names("CREATED_DESC")).toEqual(["a", "c"]);
    expect(await names("UPDATED_DESC")).toEqual(["b", "c"]);
    expect(await store.reads.flows.count(workspace, {})).toBe(3);
  });

  it("answers deletion with the flows that were there", async () => {
    const flow = aFlow();
    await store.transaction((tx) => tx.flows.create(flow));
    expect(await store.transaction((tx) => tx.flows.delete(otherWorkspace(), [flow.id]))).toEqual([]);
    expect(await store.transaction((tx) => tx.flows.delete(WORKSPACE, [flow.id, newId()]))).toEqual([flow]);
    expect(await store.transaction((tx) => tx.flows.delete(WORKSPACE, [flow.id]))).toEqual([]);
    expect(await store.reads.flows.read(WORKSPACE, flow.id)).toBeNull();
  });

  it("counts deployments as none when there are none", async () => {
    const id = newId<"flow">();
    expect(await store.reads.flows.countDeployments(WORKSPACE, [id])).toEqual(new Map([[id, 0]]));
  });

  it("keeps moments to the microsecond", async () => {
    const flow = aFlow({ created: (NOON + 123_457) as typeof NOON });
    await store.transaction((tx) => tx.flows.create(flow));
    expect((await store.reads.flows.read(WORKSPACE, flow.id))?.created).toBe(NOON + 123_457);
  });
}
