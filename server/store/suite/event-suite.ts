import { eventFilter, newId, type WorkspaceId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventFilter, StoredEvent } from "../events.ts";
import type { Store } from "../store.ts";
import { anEvent, NOON, noon, type OpenStore, otherWorkspace, type StoreUnderTest } from "./fixtures.ts";

const WINDOW = { since: noon(-1000), until: noon(1000) };

export function eventSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  let workspace: WorkspaceId;
  let events: StoredEvent[];

  const run = (id: string, labels = {}) => ({ "prefect.resource.id": `prefect.flow-run.${id}`, ...labels });
  const related = (id: string, role: string, labels = {}) => ({
    "prefect.resource.id": id,
    "prefect.resource.role": role,
    ...labels,
  });

  beforeAll(async () => {
    under = await open();
    store = under.store;
    workspace = otherWorkspace();
    const event = (occurred: number, name: string, changes: Partial<StoredEvent>) =>
      anEvent({ workspace_id: workspace, occurred: noon(occurred), event: name, ...changes });
    events = [
      event(1, "prefect.flow-run.Pending", { resource: run("1", { "prefect.resource.name": "old" }) }),
      event(2, "prefect.flow-run.Running", {
        resource: run("1", { "prefect.resource.name": "new", 'odd "label" $.x': "v" }),
        related: [related("prefect.flow.a", "flow"), related("prefect.tag.t1", "tag", { color: "red" })],
        payload: { nested: { word: "Needle" } },
      }),
      event(3, "prefect.flow-run.Completed", {
        resource: run("2"),
        related: [related("prefect.flow.a", "flow"), related("prefect.flow-run.1", "parent")],
      }),
      event(4, "my.event", {
        resource: { "prefect.resource.id": "thing_1", env: "production" },
        follows: newId(),
      }),
    ];
    await store.transaction((tx) => tx.events.insert(events));
    await store.transaction((tx) => tx.events.insert([anEvent({ resource: run("1") })]));
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const parse = (filter: object): EventFilter => ({ ...eventFilter.parse(filter), occurred: WINDOW });
  const find = async (filter: object, window: Partial<typeof WINDOW> = {}) => {
    const parsed = { ...parse(filter), occurred: { ...WINDOW, ...window } };
    const found = await store.reads.events.list(workspace, { filter: parsed, limit: 50, offset: 0 });
    expect(await store.reads.events.count(workspace, parsed)).toBe(found.length);
    return found.map((event) => events.findIndex(({ id }) => id === event.id) + 1);
  };

  it("gives back every field that was stored", async () => {
    for (const event of events) expect(await store.reads.events.read(workspace, event.id)).toEqual(event);
    expect(await store.reads.events.read(otherWorkspace(), events[0]!.id)).toBeNull();
  });

  it("takes an event once, and says which are new", async () => {
    const fresh = anEvent({ workspace_id: otherWorkspace() });
    const [known] = events;
    const answer = await store.transaction((tx) => tx.events.insert([known!, fresh, fresh]));
    expect(answer).toEqual(new Set([fresh.id]));
    expect(await find({})).toEqual([4, 3, 2, 1]);
  });

  it("lists the newest first, or the oldest, page by page", async () => {
    expect(await find({ order: "ASC" })).toEqual([1, 2, 3, 4]);
    const page = await store.reads.events.list(workspace, { filter: parse({}), limit: 2, offset: 1 });
    expect(page.map((event) => event.event)).toEqual([
      "prefect.flow-run.Completed",
      "prefect.flow-run.Running",
    ]);
  });

  it("includes both ends of the window", async () => {
    expect(await find({}, { since: noon(2), until: noon(3) })).toEqual([3, 2]);
  });

  it.each<[string, object, number[]]>([
    ["name", { event: { name: ["my.event", "prefect.flow-run.Pending"] } }, [4, 1]],
    ["excluded name", { event: { exclude_name: ["my.event"] } }, [3, 2, 1]],
    ["prefix", { event: { prefix: ["prefect.flow-run."] } }, [3, 2, 1]],
    ["excluded prefix", { event: { exclude_prefix: ["prefect."] } }, [4]],
    ["prefix and name", { event: { prefix: ["prefect."], name: ["my.event"] } }, []],
    ["an empty list, which is no constraint", { event: { name: [] } }, [4, 3, 2, 1]],
    ["resource id", { resource: { id: ["prefect.flow-run.1"] } }, [2, 1]],
    ["resource ids", { resource: { id: ["prefect.flow-run.1", "thing_1"] } }, [4, 2, 1]],
    ["resource id prefix", { resource: { id_prefix: ["prefect.flow-run."] } }, [3, 2, 1]],
    ["a prefix with an underscore, taken literally", { resource: { id_prefix: ["thing_"] } }, [4]],
    ["resource label", { resource: { labels: { env: "production" } } }, [4]],
    ["label wildcard", { resource: { labels: { env: ["prod*"] } } }, [4]],
    ["one-character wildcard", { resource: { labels: { env: "productio?" } } }, [4]],
    ["a wildcard that is case-sensitive", { resource: { labels: { env: "PROD*" } } }, []],
    ["negated label", { resource: { labels: { "prefect.resource.name": "!old" } } }, [2]],
    ["a label with odd letters", { resource: { labels: { 'odd "label" $.x': "v" } } }, [2]],
    ["a label without values, which matches nothing", { resource: { labels: { env: [] } } }, []],
    ["related id", { related: { id: ["prefect.flow.a"] } }, [3, 2]],
    ["related role", { related: { role: ["tag"] } }, [2]],
    ["related id in a role", { related: { resources_in_roles: [["prefect.flow-run.1", "parent"]] } }, [3]],
    ["related id in another role", { related: { resources_in_roles: [["prefect.flow-run.1", "flow"]] } }, []],
    ["related label", { related: { labels: { color: "r?d" } } }, [2]],
    ["one related resource with all", { related: { id: ["prefect.flow.a"], labels: { color: "red" } } }, []],
    ["several related resources", { related: [{ id: ["prefect.flow.a"] }, { role: ["tag"] }] }, [2]],
    ["any resource", { any_resource: { id: ["prefect.flow-run.1"] } }, [3, 2, 1]],
    ["any resource prefix", { any_resource: { id_prefix: ["prefect.tag."] } }, [2]],
    ["any resource label", { any_resource: { labels: { color: "red" } } }, [2]],
    ["text in the payload", { text: { query: "needle" } }, [2]],
    ["text in a name", { text: { query: "MY.EVENT -completed" } }, [4]],
    ["text in related resources", { text: { query: '"prefect.tag.t1"' } }, [2]],
    [
      "all at once",
      { resource: { id: ["prefect.flow-run.1"] }, related: { role: ["flow"] }, event: { prefix: ["p"] } },
      [2],
    ],
    ["newest of each resource", { resource: { distinct: true } }, [4, 3, 2]],
    [
      "newest of each resource among those of a name",
      { resource: { distinct: true }, event: { name: ["prefect.flow-run.Pending"] } },
      [1],
    ],
  ])("are found by %s", async (_what, filter, numbers) => {
    expect(await find(filter)).toEqual(numbers);
  });

  it("are found by id", async () => {
    expect(await find({ id: { id: [events[2]!.id, newId()] } })).toEqual([3]);
  });

  describe("counts", () => {
    it("by event, the most frequent first", async () => {
      const counts = await store.reads.events.countByEvent(
        workspace,
        parse({ event: { prefix: ["prefect."] } }),
      );
      expect(counts).toHaveLength(3);
      expect(counts[0]).toMatchObject({ count: 1, label: counts[0]!.value });
    });

    it("by resource, with its newest name", async () => {
      const counts = await store.reads.events.countByResource(workspace, parse({}));
      expect(counts[0]).toEqual({
        value: "prefect.flow-run.1",
        label: "new",
        count: 2,
        start_time: noon(1),
        end_time: noon(2),
      });
      expect(counts.map(({ value, label }) => [value, label])).toContainEqual(["thing_1", "thing_1"]);
    });

    it("by slices of time", async () => {
      const slices = { origin: noon(1), interval_seconds: 2 };
      expect(await store.reads.events.countByTime(workspace, parse({}), slices)).toEqual([
        { bucket: 0, count: 2 },
        { bucket: 1, count: 2 },
      ]);
    });
  });

  it("deletes old events with what finds them", async () => {
    const elsewhere = otherWorkspace();
    const old = [1, 2, 3].map((day) => anEvent({ workspace_id: elsewhere, occurred: noon(-100_000 - day) }));
    const kept = anEvent({ workspace_id: elsewhere, occurred: NOON });
    await store.transaction((tx) => tx.events.insert([...old, kept]));
    const remove = () => store.transaction((tx) => tx.events.deleteBefore(noon(-100_000), 2));
    expect(await remove()).toBe(2);
    expect(await remove()).toBe(1);
    expect(await remove()).toBe(0);
    const filter = { ...parse({}), occurred: { since: noon(-200_000), until: NOON } };
    const left = await store.reads.events.list(elsewhere, { filter, limit: 50, offset: 0 });
    expect(left).toEqual([kept]);
    expect(await store.reads.events.count(elsewhere, filter)).toBe(1);
  });
}
