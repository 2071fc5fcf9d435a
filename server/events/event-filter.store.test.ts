/** Live streams and queries must agree on what a filter means: one evaluator in memory, one in each database. */
import { DEFAULT_WORKSPACE_ID, eventFilter, newId, type Timestamp } from "@sluice/schemas";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventFilter, StoredEvent } from "../store/events.ts";
import { compileEventFilter } from "./event-filter.ts";
import { ids, storedEvent } from "./fixtures/sample-events.ts";
import { databases } from "./fixtures/test-store.ts";

/** Few values, so that filters often match; with the characters that either language could take for special. */
const text = fc.constantFrom(
  "a",
  "ab",
  "b.a",
  "A",
  "a*",
  "?",
  "[a]",
  "100%",
  "a_b",
  "~",
  "\\",
  "é",
  "🦀",
  'q"q',
  "",
);
const id = fc.constantFrom("thing.1", "thing.2", "owner.1", "owner", "Thing.1", "100%.1");
const role = fc.constantFrom("flow", "tag", "owner");
const labels = fc.dictionary(fc.constantFrom("env", "team.name", 'odd"key'), text, { maxKeys: 2 });

const primary = fc
  .tuple(id, labels)
  .map(([resourceId, rest]) => ({ "prefect.resource.id": resourceId, ...rest }));
const related = fc
  .tuple(primary, role)
  .map(([resource, as]) => ({ ...resource, "prefect.resource.role": as }));
const payload = fc.dictionary(fc.constantFrom("note", "x"), fc.oneof(text, fc.integer({ min: 0, max: 3 })), {
  maxKeys: 2,
});
const anyEvent = fc
  .record({
    event: fc.constantFrom("a.b", "a.bc", "A.b", "x", "a%b", "a_b"),
    resource: primary,
    related: fc.array(related, { maxLength: 2 }),
    payload,
    occurred: fc.integer({ min: 0, max: 5 }).map((second) => `2026-11-22T07:00:0${second}Z`),
  })
  .map((event) => storedEvent(event));

const some = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 2 });
const pattern = fc
  .tuple(
    fc.constantFrom("", "!"),
    fc.oneof(text, id, fc.constantFrom("*", "a*", "*b", "?", "thing.?", "*[*", "*.1")),
  )
  .map(([sign, glob]) => sign + glob);
const specification = fc.dictionary(
  fc.constantFrom("env", "team.name", 'odd"key', "prefect.resource.id", "prefect.resource.role", "missing"),
  fc.oneof(pattern, some(pattern)),
  { maxKeys: 2 },
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const relatedFilter = fc.record({
  id: optional(some(id)),
  role: optional(some(role)),
  resources_in_roles: optional(some(fc.tuple(id, role))),
  labels: optional(specification),
});
const anyResourceFilter = fc.record({
  id: optional(some(id)),
  id_prefix: optional(some(fc.constantFrom("thing", "owner", "t", "100%", ""))),
  labels: optional(specification),
});
const name = fc.constantFrom("a.b", "a.bc", "A.b", "a", "a%", "a_", "x");
const anyFilter = fc.record({
  event: optional(
    fc.record({
      prefix: optional(some(name)),
      exclude_prefix: optional(some(name)),
      name: optional(some(name)),
      exclude_name: optional(some(name)),
    }),
  ),
  resource: optional(anyResourceFilter),
  related: optional(fc.oneof(relatedFilter, some(relatedFilter))),
  any_resource: optional(fc.oneof(anyResourceFilter, some(anyResourceFilter))),
  text: optional(
    fc
      .array(fc.constantFrom("a", "thing", "-owner", "+b", '"a b"', "OWNER", "note", "%", "_", "\\"), {
        maxLength: 3,
      })
      .map((words) => ({ query: words.join(" ") })),
  ),
});

describe.each(await databases())("a filter on %s", (_, open) => {
  it("finds exactly the events that it lets through in memory", async () => {
    await using opened = await open();
    const { store } = opened;
    const events = fc.sample(anyEvent, { numRuns: 400, seed: 7 });
    await store.transaction((tx) => tx.events.insert(events));
    await fc.assert(
      fc.asyncProperty(anyFilter, fc.integer({ min: 0, max: 5 }), async (wire, second) => {
        const filter: EventFilter = {
          ...eventFilter.parse(withoutUndefined(wire)),
          occurred: window(events, second),
        };
        const found = await store.reads.events.list(DEFAULT_WORKSPACE_ID, { filter, limit: 1000, offset: 0 });
        const expected = events.filter(compileEventFilter(filter));
        expect(ids(found).toSorted()).toEqual(ids(expected).toSorted());
        expect(await store.reads.events.count(DEFAULT_WORKSPACE_ID, filter)).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  it("finds events by their ids", async () => {
    await using opened = await open();
    const events = [storedEvent(), storedEvent()];
    await opened.store.transaction((tx) => tx.events.insert(events));
    const wanted = [events[1]?.id ?? "", newId<"event">()];
    const filter = { ...eventFilter.parse({ id: { id: wanted } }), occurred: window(events, 9) };
    const found = await opened.store.reads.events.list(DEFAULT_WORKSPACE_ID, {
      filter,
      limit: 10,
      offset: 0,
    });
    expect(ids(found)).toEqual(ids(events.filter(compileEventFilter(filter))));
    expect(found).toHaveLength(1);
  });
});

function window(events: readonly StoredEvent[], second: number): EventFilter["occurred"] {
  const first = Math.min(...events.map((event) => event.occurred));
  return { since: first as Timestamp, until: (first + second * 1_000_000) as Timestamp };
}

/** JSON has no undefined, and the contract's filters are closed. */
function withoutUndefined(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
