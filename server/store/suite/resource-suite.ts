import { type FlowRunId, newId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreConflictError } from "../errors.ts";
import type { LogFilter } from "../filters.ts";
import type { Store } from "../store.ts";
import {
  aLease,
  aLimit,
  aLog,
  anEvent,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  storeRuns,
  WORKSPACE,
} from "./fixtures.ts";

export function resourceSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  describe("logs", () => {
    const workspace = otherWorkspace();
    const flowRun = newId<"flow-run">();
    const taskRun = newId<"task-run">();
    const find = async (
      filter: Partial<LogFilter>,
      sort: "TIMESTAMP_ASC" | "TIMESTAMP_DESC" = "TIMESTAMP_ASC",
    ) => {
      const query = { filter: { operator: "and_" as const, ...filter }, sort, limit: 100, offset: 0 };
      return (await store.reads.logs.list(workspace, query)).map((log) => log.message);
    };

    beforeAll(async () => {
      const log = (seconds: number, message: string, changes = {}) =>
        aLog({ workspace_id: workspace, timestamp: noon(seconds), message, ...changes });
      await store.transaction((tx) =>
        tx.logs.insert([
          log(3, "third Error: É here", { level: 40, flow_run_id: flowRun, task_run_id: taskRun }),
          log(1, "first hello", { level: 10, flow_run_id: flowRun, name: "my.logger" }),
          log(2, "second 100% sure_thing", { level: 20 }),
        ]),
      );
    });

    it("come in order of time", async () => {
      expect(await find({})).toEqual(["first hello", "second 100% sure_thing", "third Error: É here"]);
      expect((await find({}, "TIMESTAMP_DESC"))[0]).toBe("third Error: É here");
    });

    it("are found by level, time and run", async () => {
      expect(await find({ level: { ge_: 20, le_: 30 } })).toEqual(["second 100% sure_thing"]);
      expect(await find({ timestamp: { after_: noon(2), before_: noon(2) } })).toEqual([
        "second 100% sure_thing",
      ]);
      expect(await find({ flow_run_id: { any_: [flowRun] } })).toHaveLength(2);
      expect(await find({ task_run_id: { any_: [taskRun] } })).toHaveLength(1);
      expect(await find({ flow_run_id: { any_: [flowRun] }, task_run_id: { is_null_: true } })).toEqual([
        "first hello",
      ]);
      expect(await find({ flow_run_id: { any_: [] } })).toEqual([]);
    });

    it.each([
      ["hello", ["first hello"]],
      ["HELLO error", ["first hello", "third Error: É here"]],
      ['"first hello"', ["first hello"]],
      ["-hello -error", ["second 100% sure_thing"]],
      ["+first +hello", ["first hello"]],
      ["my.logger", ["first hello"]],
      ["é", ["third Error: É here"]],
      ["100%", ["second 100% sure_thing"]],
      ["sure_thing", ["second 100% sure_thing"]],
      ["nowhere", []],
    ])("are found by the text %j", async (query, messages) => {
      expect(await find({ text: { query } })).toEqual(messages);
    });

    it("are paged by the last one of the page before, ties included", async () => {
      const run = newId<"flow-run">();
      const logs = Array.from({ length: 7 }, (_, index) =>
        aLog({ flow_run_id: run, timestamp: noon(Math.floor(index / 3)), message: String(index) }),
      );
      await store.transaction((tx) => tx.logs.insert(logs));
      const messages: string[] = [];
      let after: (typeof logs)[number] | null = null;
      for (;;) {
        const page: typeof logs = await store.reads.logs.listPage(WORKSPACE, {
          flow_run_id: run,
          after,
          limit: 2,
        });
        messages.push(...page.map((log) => log.message));
        after = page.at(-1) ?? null;
        if (after === null) break;
      }
      expect(messages).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    });
  });

  describe("flow-run inputs", () => {
    const input = (flow_run_id: FlowRunId, key: string, seconds = 0) => ({
      id: newId<"run-input">(),
      workspace_id: WORKSPACE,
      created: noon(seconds),
      updated: noon(seconds),
      flow_run_id,
      key,
      value: '{"a": 1}',
      sender: null,
    });

    it("are kept by key, which is taken once", async () => {
      const [run] = await storeRuns(store, [{}]);
      const first = input(run!.id, "key");
      await store.transaction((tx) => tx.flowRunInputs.create(first));
      expect(await store.reads.flowRunInputs.read(WORKSPACE, run!.id, "key")).toEqual(first);
      await expect(store.transaction((tx) => tx.flowRunInputs.create(input(run!.id, "key")))).rejects.toThrow(
        StoreConflictError,
      );
      await store.transaction((tx) => tx.flowRunInputs.put({ ...input(run!.id, "key"), value: "2" }));
      expect(await store.reads.flowRunInputs.read(WORKSPACE, run!.id, "key")).toMatchObject({
        id: first.id,
        value: "2",
      });
    });

    it("can't be made for a run that does not exist", async () => {
      const creating = store.transaction((tx) => tx.flowRunInputs.create(input(newId(), "key")));
      await expect(creating).rejects.toThrow(StoreConflictError);
    });

    it("are listed by prefix from the oldest, taken literally", async () => {
      const [run] = await storeRuns(store, [{}]);
      const keys = ["a-2", "a-1", "a_x", "b-1"];
      await store.transaction(async (tx) => {
        for (const [index, key] of keys.entries()) await tx.flowRunInputs.create(input(run!.id, key, index));
      });
      const list = async (prefix: string, exclude_keys: string[] = [], limit = 10) =>
        (
          await store.reads.flowRunInputs.list(WORKSPACE, {
            flow_run_id: run!.id,
            prefix,
            exclude_keys,
            limit,
          })
        ).map(({ key }) => key);
      expect(await list("a-")).toEqual(["a-2", "a-1"]);
      expect(await list("a_")).toEqual(["a_x"]);
      expect(await list("", ["a-2"], 2)).toEqual(["a-1", "a_x"]);
    });

    it("are deleted once", async () => {
      const [run] = await storeRuns(store, [{}]);
      await store.transaction((tx) => tx.flowRunInputs.create(input(run!.id, "key")));
      const remove = () => store.transaction((tx) => tx.flowRunInputs.delete(WORKSPACE, run!.id, "key"));
      expect(await remove()).toBe(true);
      expect(await remove()).toBe(false);
    });
  });

  describe("saved searches", () => {
    const aSearch = (name: string, changes = {}) => ({
      id: newId<"saved-search">(),
      workspace_id: WORKSPACE,
      created: NOON,
      updated: NOON,
      name,
      filters: [{ object: "flow", property: "name", type: "string", operation: "equals", value: [null, 1] }],
      created_by: null,
      updated_by: null,
      ...changes,
    });
    const put = (search: ReturnType<typeof aSearch>) =>
      store.transaction((tx) => tx.savedSearches.put(search));

    it("are one for each name of a workspace", async () => {
      const first = aSearch("search");
      expect(await put(first)).toEqual({ search: first, created: true });
      const second = aSearch("search", { filters: [], created: noon(1), updated: noon(1) });
      const kept = { ...second, id: first.id, created: NOON };
      expect(await put(second)).toEqual({ search: kept, created: false });
      expect(await store.reads.savedSearches.read(WORKSPACE, first.id)).toEqual(kept);
      const elsewhere = aSearch("search", { workspace_id: otherWorkspace() });
      expect(await put(elsewhere)).toMatchObject({ created: true });
      expect(await store.reads.savedSearches.read(WORKSPACE, elsewhere.id)).toBeNull();
    });

    it("are listed by name and deleted once, each in its workspace", async () => {
      const workspace_id = otherWorkspace();
      const [second, first] = [aSearch("b", { workspace_id }), aSearch("a", { workspace_id })];
      await put(second);
      await put(first);
      const list = (page: object) =>
        store.reads.savedSearches.list(workspace_id, { limit: 10, offset: 0, ...page });
      expect(await list({})).toEqual([first, second]);
      expect(await list({ limit: 1, offset: 1 })).toEqual([second]);
      const remove = (workspace: typeof workspace_id) =>
        store.transaction((tx) => tx.savedSearches.delete(workspace, first.id));
      expect([await remove(WORKSPACE), await remove(workspace_id), await remove(workspace_id)]).toEqual([
        false,
        true,
        false,
      ]);
      expect(await list({})).toEqual([second]);
    });
  });

  describe("concurrency limits and leases", () => {
    it("count the slots of live leases only", async () => {
      const limit = aLimit({ limit: 5 });
      const live = aLease(limit, { slots: 2, holder: { type: "task_run", id: newId() } });
      const expired = aLease(limit, { slots: 1, expires: NOON });
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([live, expired]);
      });
      const read = (now = NOON) => store.reads.concurrencyLimits.readByName(WORKSPACE, limit.name, now);
      expect(await read()).toEqual({ ...limit, occupied_slots: 2 });
      expect(await read(noon(299))).toMatchObject({ occupied_slots: 2 });
      expect(await read(noon(300))).toMatchObject({ occupied_slots: 0 });
      expect(await store.reads.leases.read(live.id)).toEqual(live);
      expect(await store.reads.leases.listOfLimits([limit.id], NOON)).toEqual([live]);
      expect((await store.reads.leases.listExpired(NOON, 100)).map(({ id }) => id)).toContain(expired.id);
      expect(await store.transaction((tx) => tx.leases.release([live.id, newId()]))).toEqual([live]);
      expect(await store.transaction((tx) => tx.leases.release([live.id]))).toEqual([]);
      expect(await read()).toMatchObject({ occupied_slots: 0 });
    });

    it("renew a lease only while it lives", async () => {
      const limit = aLimit();
      const lease = aLease(limit);
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
      });
      const renew = (now: typeof NOON, until: typeof NOON) =>
        store.transaction((tx) => tx.leases.renew(lease.id, now, until));
      expect(await renew(noon(299), noon(600))).toBe(true);
      expect(await renew(noon(600), noon(900))).toBe(false);
      expect(await store.reads.leases.read(lease.id)).toMatchObject({ expires: noon(600) });
    });

    it("give back all that a holder has", async () => {
      const limits = [aLimit(), aLimit()];
      const holder = { type: "flow_run" as const, id: newId<"x">() as string };
      const lease = aLease(limits[0]!, { limit_ids: limits.map(({ id }) => id).toSorted() });
      await store.transaction(async (tx) => {
        for (const limit of limits) await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
        await tx.leases.setHolder([lease.id], holder);
      });
      const released = await store.transaction((tx) => tx.leases.releaseOfHolder(WORKSPACE, holder));
      expect(released).toEqual([{ ...lease, holder }]);
      expect(await store.transaction((tx) => tx.leases.releaseOfHolder(WORKSPACE, holder))).toEqual([]);
    });

    it("change, and free their leases' slots when deleted", async () => {
      const limit = aLimit();
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([aLease(limit)]);
      });
      await expect(
        store.transaction((tx) => tx.concurrencyLimits.create(aLimit({ name: limit.name }))),
      ).rejects.toThrow(StoreConflictError);
      await store.transaction((tx) =>
        tx.concurrencyLimits.update(WORKSPACE, limit.id, { limit: 9, active: false }),
      );
      expect(await store.reads.concurrencyLimits.read(WORKSPACE, limit.id, NOON)).toMatchObject({
        limit: 9,
        active: false,
        occupied_slots: 1,
      });
      expect(await store.transaction((tx) => tx.concurrencyLimits.delete(WORKSPACE, limit.id))).toBe(true);
      expect(await store.transaction((tx) => tx.concurrencyLimits.delete(WORKSPACE, limit.id))).toBe(false);
    });

    it("lose single limits, and end with the last of them", async () => {
      const limits = [aLimit(), aLimit()];
      const lease = aLease(limits[0]!, { limit_ids: limits.map(({ id }) => id).toSorted(), slots: 3 });
      await store.transaction(async (tx) => {
        for (const limit of limits) await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
        await tx.leases.setSlots(lease.id, 2);
        await tx.leases.detach(limits[0]!.id, [lease.id]);
      });
      const left = { ...lease, limit_ids: [limits[1]!.id], slots: 2 };
      const ids = limits.map(({ id }) => id);
      expect(await store.reads.leases.listOfLimits(ids, NOON)).toEqual([left]);
      expect(await store.reads.leases.listOfLimits([limits[0]!.id], NOON)).toEqual([]);
      await store.transaction((tx) => tx.leases.detach(limits[1]!.id, [lease.id]));
      expect(await store.reads.leases.read(lease.id)).toBeNull();
    });

    it("are listed by name, those of a prefix when there is one", async () => {
      const workspace_id = otherWorkspace();
      const names = ["tag:b", "tag:a", "tax", "tag", "a"];
      await store.transaction(async (tx) => {
        for (const name of names) await tx.concurrencyLimits.create(aLimit({ name, workspace_id }));
      });
      const list = async (query: object) => {
        const page = { limit: 10, offset: 0, ...query };
        return (await store.reads.concurrencyLimits.list(workspace_id, page, NOON)).map(({ name }) => name);
      };
      expect(await list({})).toEqual(["a", "tag", "tag:a", "tag:b", "tax"]);
      expect(await list({ prefix: "tag:" })).toEqual(["tag:a", "tag:b"]);
      expect(await list({ prefix: "tag:", limit: 1, offset: 1 })).toEqual(["tag:b"]);
    });

    describe("with decay", () => {
      const aDecayingLimit = () => aLimit({ limit: 10, slot_decay_per_second: 0.5 });
      const occupied = async (limit: { id: ReturnType<typeof aLimit>["id"] }, now = NOON) =>
        (await store.reads.concurrencyLimits.read(WORKSPACE, limit.id, now))?.occupied_slots;

      it("have their slots come free by themselves, whoever took them", async () => {
        const [limit, steady] = [aDecayingLimit(), aLimit({ limit: 10 })];
        await store.transaction(async (tx) => {
          for (const made of [limit, steady]) await tx.concurrencyLimits.create(made);
          await tx.concurrencyLimits.fillDecaying([limit.id, steady.id], 2, NOON);
          await tx.leases.create([aLease(limit, { slots: 1, limit_ids: [limit.id, steady.id].toSorted() })]);
        });
        expect(await occupied(limit)).toBe(3);
        expect(await occupied(steady)).toBe(1);
        expect(await occupied(limit, noon(1))).toBe(3);
        expect(await occupied(limit, noon(2))).toBe(2);
        expect(await occupied(limit, noon(5.9))).toBe(1);
        expect(await occupied(limit, noon(6))).toBe(0);
        expect(await occupied(limit, noon(600))).toBe(0);
        expect(await occupied(steady, noon(6))).toBe(1);
      });

      it("keep what has decayed when more are taken", async () => {
        const limit = aDecayingLimit();
        const fill = (slots: number, at: number) =>
          store.transaction((tx) => tx.concurrencyLimits.fillDecaying([limit.id], slots, noon(at)));
        await store.transaction((tx) => tx.concurrencyLimits.create(limit));
        await fill(2, 0);
        await fill(1, 3);
        // Half a slot was left of the first two; with the third that makes three more seconds.
        expect(await occupied(limit, noon(3))).toBe(2);
        expect(await occupied(limit, noon(5.9))).toBe(1);
        expect(await occupied(limit, noon(6))).toBe(0);
        await fill(1, 60);
        expect(await occupied(limit, noon(60))).toBe(1);
      });

      it("give slots back, never more than are taken", async () => {
        const limit = aDecayingLimit();
        const lease = aLease(limit, { slots: 3 });
        await store.transaction(async (tx) => {
          await tx.concurrencyLimits.create(limit);
          await tx.leases.create([lease]);
          await tx.concurrencyLimits.drainDecaying([limit.id], 1);
        });
        expect(await occupied(limit)).toBe(2);
        await store.transaction((tx) => tx.leases.release([lease.id]));
        expect(await occupied(limit)).toBe(0);
      });
    });

    it("never let more slots be taken than there are, however many ask at once", async () => {
      const limit = aLimit({ limit: 3 });
      await store.transaction((tx) => tx.concurrencyLimits.create(limit));
      const takeSlot = () =>
        store.transaction(async (tx) => {
          const [locked] = await tx.concurrencyLimits.lockByName(WORKSPACE, [limit.name], NOON);
          if (locked === undefined || locked.occupied_slots >= locked.limit) return false;
          await tx.leases.create([aLease(limit)]);
          return true;
        });
      const taken = await Promise.all(Array.from({ length: 10 }, takeSlot));
      expect(taken.filter(Boolean)).toHaveLength(3);
    });
  });

  describe("the server's own rows", () => {
    it("keep one CSRF token per client", async () => {
      const token = {
        id: newId<"csrf-token">(),
        created: NOON,
        updated: NOON,
        token: "one",
        client: "me",
        expiration: noon(60),
      };
      expect(await store.transaction((tx) => tx.csrfTokens.put(token))).toEqual(token);
      const renewed = {
        ...token,
        id: newId<"csrf-token">(),
        token: "two",
        expiration: noon(90),
        updated: noon(1),
      };
      expect(await store.transaction((tx) => tx.csrfTokens.put(renewed))).toEqual({
        ...renewed,
        id: token.id,
      });
      expect(await store.transaction((tx) => tx.csrfTokens.deleteExpired(noon(90)))).toBe(0);
      expect(await store.transaction((tx) => tx.csrfTokens.deleteExpired(noon(91)))).toBe(1);
      expect(await store.reads.csrfTokens.readByClient("me")).toBeNull();
    });

    it("keep configuration by key", async () => {
      const { configuration } = store.reads;
      expect(await configuration.read(WORKSPACE, "k")).toBeNull();
      await store.transaction((tx) => tx.configuration.put(WORKSPACE, "k", { a: [1] }, NOON));
      expect(await configuration.read(WORKSPACE, "k")).toEqual({ a: [1] });
      expect(await store.transaction((tx) => tx.configuration.putIfAbsent(WORKSPACE, "k", 2, NOON))).toEqual({
        a: [1],
      });
      expect(await store.transaction((tx) => tx.configuration.putIfAbsent(WORKSPACE, "new", 2, NOON))).toBe(
        2,
      );
      expect(await configuration.read(otherWorkspace(), "k")).toBeNull();
      expect(await store.transaction((tx) => tx.configuration.delete(WORKSPACE, "k"))).toBe(true);
      expect(await store.transaction((tx) => tx.configuration.delete(WORKSPACE, "k"))).toBe(false);
    });

    it("hand out the outbox in order, until it is deleted", async () => {
      const events = Array.from({ length: 5 }, (_, index) => anEvent({ event: `event-${index}` }));
      await store.transaction((tx) => tx.outbox.append(events));
      expect(await store.reads.outbox.count()).toBe(5);
      const taken = await store.transaction(async (tx) => {
        const entries = await tx.outbox.take(3);
        await tx.outbox.delete(entries.map(({ position }) => position));
        return entries.map(({ event }) => event);
      });
      expect(taken).toEqual(events.slice(0, 3));
      const rest = await store.transaction((tx) => tx.outbox.take(10));
      expect(rest.map(({ event }) => event)).toEqual(events.slice(3));
      expect(await store.reads.outbox.count()).toBe(2);
    });
  });
}
