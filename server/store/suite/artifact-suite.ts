import {
  type ArtifactCollectionFilter,
  type ArtifactFilter,
  type ArtifactSort,
  newId,
  type TaskRunId,
} from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../artifacts.ts";
import type { Store } from "../store.ts";
import {
  anArtifact,
  noon,
  type OpenStore,
  otherWorkspace,
  storeRuns,
  type StoreUnderTest,
  WORKSPACE,
} from "./fixtures.ts";

export function artifactSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const collectionOf = (artifact: Artifact) => ({
    ...artifact,
    key: artifact.key ?? "",
    latest_id: artifact.id,
  });

  /** Stores artifacts in turn; each with a key becomes the newest of it. Answers with the collections' ids. */
  const make = (...artifacts: Artifact[]) =>
    store.transaction(async (tx) => {
      const ids = [];
      for (const artifact of artifacts) {
        await tx.artifacts.create(artifact);
        if (artifact.key !== null) ids.push(await tx.artifacts.putLatest(newId(), collectionOf(artifact)));
      }
      return ids;
    });

  it.each([["# text"], [0], [false], [null], [[1, { a: null }]], ['[{"a": 1}]']])(
    "keep the data %j",
    async (data) => {
      const artifact = anArtifact({ data, metadata_: { a: "b" }, description: "d" });
      await make(artifact);
      expect(await store.reads.artifacts.read(WORKSPACE, artifact.id)).toEqual(artifact);
      expect(await store.reads.artifacts.read(otherWorkspace(), artifact.id)).toBeNull();
    },
  );

  it("change only in the keys that are given, and in their own workspace", async () => {
    const artifact = anArtifact({ description: "d", metadata_: { a: "b" } });
    await make(artifact);
    const changes = { data: { progress: 5 }, updated: noon(1), updated_by: null };
    const update = (workspace = WORKSPACE) =>
      store.transaction((tx) => tx.artifacts.update(workspace, artifact.id, changes));
    expect(await update(otherWorkspace())).toBe(false);
    expect(await update()).toBe(true);
    expect(await store.reads.artifacts.read(WORKSPACE, artifact.id)).toEqual({ ...artifact, ...changes });
  });

  it("are deleted once", async () => {
    const artifact = anArtifact();
    await make(artifact);
    const remove = (workspace = WORKSPACE) =>
      store.transaction((tx) => tx.artifacts.delete(workspace, artifact.id));
    expect(await remove(otherWorkspace())).toBe(false);
    expect(await remove()).toBe(true);
    expect(await remove()).toBe(false);
  });

  it("with a key outlive their run, others go with it", async () => {
    const [run] = await storeRuns(store, [{}]);
    const [kept, gone] = [{ key: "history" }, {}].map((given) =>
      anArtifact({ ...given, flow_run_id: run!.id }),
    );
    await make(kept!, gone!);
    await store.transaction((tx) => tx.flowRuns.delete(WORKSPACE, [run!.id]));
    expect(await store.reads.artifacts.read(WORKSPACE, kept!.id)).toEqual(kept);
    expect(await store.reads.artifacts.read(WORKSPACE, gone!.id)).toBeNull();
  });

  describe("of one key", () => {
    const aKeyed = (key: string, seconds: number, changes: Partial<Artifact> = {}) =>
      anArtifact({ key, created: noon(seconds), updated: noon(seconds), ...changes });
    const read = (key: string) => store.reads.artifacts.readCollection(WORKSPACE, key);

    it("are one collection, which shows the newest and keeps its id and creation", async () => {
      const [first, second] = [aKeyed("one", 0), aKeyed("one", 5, { type: "table", data: [1] })];
      const [id] = await make(first);
      const { created_by: _a, updated_by: _b, ...content } = second;
      expect(await make(second)).toEqual([id]);
      const collection = { ...content, id, latest_id: second.id, created: noon(0), updated: noon(5) };
      expect(await read("one")).toEqual(collection);
      expect(await store.reads.artifacts.readCollection(otherWorkspace(), "one")).toBeNull();
    });

    it("show a change of the newest, and of no other", async () => {
      const [first, second] = [aKeyed("changed", 0), aKeyed("changed", 5)];
      await make(first, second);
      const update = (id: Artifact["id"], data: string, seconds: number) =>
        store.transaction((tx) =>
          tx.artifacts.update(WORKSPACE, id, { data, updated: noon(seconds), updated_by: null }),
        );
      await update(first.id, "old", 6);
      expect(await read("changed")).toMatchObject({ data: second.data, updated: noon(5) });
      await update(second.id, "new", 7);
      expect(await read("changed")).toMatchObject({ data: "new", updated: noon(7) });
    });

    it("can be led back to an earlier one, or to none", async () => {
      const [first, second] = [aKeyed("back", 0), aKeyed("back", 5)];
      await make(first, second);
      await store.transaction(async (tx) => {
        const locked = await tx.artifacts.lockCollection(WORKSPACE, "back");
        await tx.artifacts.delete(WORKSPACE, second.id);
        await tx.artifacts.replaceLatest(locked!.id, collectionOf(first));
      });
      expect(await read("back")).toMatchObject({ latest_id: first.id, created: noon(0), updated: noon(0) });
      await store.transaction(async (tx) => {
        const locked = await tx.artifacts.lockCollection(WORKSPACE, "back");
        await tx.artifacts.deleteCollection(locked!.id);
      });
      expect(await read("back")).toBeNull();
      expect(await store.transaction((tx) => tx.artifacts.lockCollection(WORKSPACE, "back"))).toBeNull();
    });

    it("stay one collection when many are made at once", async () => {
      const ids = await Promise.all(
        Array.from({ length: 10 }, (_, index) => make(aKeyed("crowd", index)).then(([id]) => id)),
      );
      expect(new Set(ids).size).toBe(1);
      const filter = { key: { any_: ["crowd"] } };
      expect(await store.reads.artifacts.countCollections(WORKSPACE, { filter, filters: {} })).toBe(1);
      expect(await store.reads.artifacts.count(WORKSPACE, { filter, filters: {} })).toBe(10);
    });
  });

  describe("lists", () => {
    const workspace = otherWorkspace();
    const task_run_id: TaskRunId = newId();
    const anOwned = (seconds: number, changes: Partial<Artifact>) =>
      anArtifact({ workspace_id: workspace, created: noon(seconds), updated: noon(-seconds), ...changes });
    const plain = anOwned(1, { type: "table", task_run_id });
    const older = anOwned(2, { key: "b-report" });
    const newer = anOwned(3, { key: "b-report", type: "progress" });
    const other = anOwned(4, { key: "a-report", type: null });
    const names = new Map(
      [plain, older, newer, other].map(({ id }, at) => [id, "plain older newer other".split(" ")[at]]),
    );
    let run: Awaited<ReturnType<typeof storeRuns>>[number];

    beforeAll(async () => {
      [run] = (await storeRuns(store, [{ workspace_id: workspace, name: "maker" }])) as [typeof run];
      await make(plain, older, { ...newer, flow_run_id: run.id }, other, anArtifact({ key: "elsewhere" }));
    });

    const all = { filters: {}, sort: "ID_DESC" as ArtifactSort, limit: 10, offset: 0 };
    const find = async (filter: Partial<ArtifactFilter>, rest: Partial<typeof all> = {}) => {
      const found = await store.reads.artifacts.list(workspace, { ...all, filter, ...rest });
      return found.map(({ id }) => names.get(id));
    };
    const findLatest = async (filter: Partial<ArtifactCollectionFilter>, rest: Partial<typeof all> = {}) => {
      const found = await store.reads.artifacts.listCollections(workspace, { ...all, filter, ...rest });
      return found.map(({ latest_id }) => names.get(latest_id));
    };

    it("come in the order asked for, page by page", async () => {
      expect(await find({})).toEqual(["other", "newer", "older", "plain"]);
      expect(await find({}, { sort: "CREATED_DESC" })).toEqual(["other", "newer", "older", "plain"]);
      expect(await find({}, { sort: "UPDATED_DESC", limit: 1, offset: 1 })).toEqual(["older"]);
      expect(await find({ key: { exists_: true } }, { sort: "KEY_ASC" })).toEqual([
        "other",
        "newer",
        "older",
      ]);
      expect(await findLatest({}, { sort: "KEY_ASC" })).toEqual(["other", "newer"]);
      expect(await findLatest({}, { sort: "KEY_DESC" })).toEqual(["newer", "other"]);
      expect(await findLatest({}, { limit: 1 })).toHaveLength(1);
    });

    it.each<[Partial<ArtifactFilter>, string[]]>([
      [{ id: { any_: [plain.id] } }, ["plain"]],
      [{ id: { any_: [] } }, []],
      [{ key: { like_: "A-REP" } }, ["other"]],
      [{ key: { any_: ["b-report"] } }, ["newer", "older"]],
      [{ key: { exists_: false } }, ["plain"]],
      [{ type: { any_: ["progress", "table"] } }, ["newer", "plain"]],
      [{ type: { not_any_: ["table", "progress"] } }, ["older"]],
      [{ task_run_id: { any_: [task_run_id] } }, ["plain"]],
      [{ operator: "or_", key: { any_: ["a-report"] }, type: { any_: ["table"] } }, ["other", "plain"]],
    ])("are found by %j", async (filter, expected) => {
      expect(await find(filter)).toEqual(expected);
      expect(await store.reads.artifacts.count(workspace, { filter, filters: {} })).toBe(expected.length);
    });

    it.each<[Partial<ArtifactCollectionFilter>, string[]]>([
      [{ latest_id: { any_: [newer.id, older.id] } }, ["newer"]],
      [{ key: { like_: "REPORT" } }, ["other", "newer"]],
      [{ key: { exists_: false } }, []],
      [{ type: { any_: ["progress"] } }, ["newer"]],
      [{ type: { any_: ["markdown"] } }, []],
      [{ operator: "or_", key: { any_: ["a-report"] }, type: { any_: ["progress"] } }, ["other", "newer"]],
    ])("of the newest are found by %j", async (filter, expected) => {
      expect(await findLatest(filter, { sort: "KEY_ASC" })).toEqual(expected);
      expect(await store.reads.artifacts.countCollections(workspace, { filter, filters: {} })).toBe(
        expected.length,
      );
    });

    it("are found by the run that made them", async () => {
      const filters = { flow_runs: { operator: "and_" as const, name: { any_: ["maker"] } } };
      expect(await find({}, { filters })).toEqual(["newer"]);
      expect(await findLatest({}, { filters })).toEqual(["newer"]);
      const others = { flow_runs: { operator: "and_" as const, name: { any_: ["nobody"] } } };
      expect(await find({}, { filters: others })).toEqual([]);
      expect(await findLatest({}, { filters: others })).toEqual([]);
    });
  });
}
