import { DEFAULT_WORKSPACE_ID, eventFilter, type EventId, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "../store/events.ts";
import { compileEventFilter } from "./event-filter.ts";

const EVENT: StoredEvent = {
  id: "01999999-0000-7000-8000-000000000001" as EventId,
  workspace_id: DEFAULT_WORKSPACE_ID,
  occurred: 5_000_000 as Timestamp,
  received: 6_000_000 as Timestamp,
  event: "prefect.flow-run.Completed",
  resource: { "prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "blue-cat", env: "prod" },
  related: [
    { "prefect.resource.id": "prefect.flow.9", "prefect.resource.role": "flow", team: "data" },
    { "prefect.resource.id": "prefect.tag.nightly", "prefect.resource.role": "tag" },
  ],
  payload: { rows: 12, note: "Loaded Users" },
  follows: null,
};

function matches(wire: object): boolean {
  const filter = eventFilter.parse(wire);
  return compileEventFilter({
    ...filter,
    occurred: { since: 0 as Timestamp, until: 9_000_000 as Timestamp },
  })(EVENT);
}

describe("compileEventFilter", () => {
  it.each([
    ["no criteria", {}, true],
    ["a prefix among several", { event: { prefix: ["prefect.task", "prefect.flow-run."] } }, true],
    ["no prefix that fits", { event: { prefix: ["prefect.task"] } }, false],
    ["an excluded prefix", { event: { exclude_prefix: ["prefect."] } }, false],
    ["the exact name", { event: { name: ["prefect.flow-run.Completed"] } }, true],
    ["an excluded name", { event: { exclude_name: ["prefect.flow-run.Completed"] } }, false],
    [
      "an empty list, which is no criterion",
      { event: { name: [] }, resource: { id: [] }, id: { id: [] } },
      true,
    ],
    ["the event's id", { id: { id: ["01999999-0000-7000-8000-000000000001"] } }, true],
    ["another event's id", { id: { id: ["01999999-0000-7000-8000-000000000002"] } }, false],
    ["the resource's id", { resource: { id: ["prefect.flow-run.1"] } }, true],
    ["a related resource's id as the resource's", { resource: { id: ["prefect.flow.9"] } }, false],
    ["the beginning of the resource's id", { resource: { id_prefix: ["prefect.flow-run."] } }, true],
    [
      "labels of the resource, all of them",
      { resource: { labels: { env: ["dev", "pr*"], "prefect.resource.name": "*cat" } } },
      true,
    ],
    [
      "labels of which one does not fit",
      { resource: { labels: { env: "prod", "prefect.resource.name": "dog" } } },
      false,
    ],
    ["a label with no accepted values", { resource: { labels: { env: [] } } }, false],
    ["a negated label that it lacks", { resource: { labels: { region: "!eu" } } }, false],
    ["a related resource by id", { related: { id: ["prefect.flow.9"] } }, true],
    ["the resource's id as a related one's", { related: { id: ["prefect.flow-run.1"] } }, false],
    ["a related resource by role", { related: { role: ["tag"] } }, true],
    ["id and role of one related resource", { related: { id: ["prefect.flow.9"], role: ["flow"] } }, true],
    ["id and role of two different ones", { related: { id: ["prefect.flow.9"], role: ["tag"] } }, false],
    [
      "two filters that two related resources satisfy",
      { related: [{ role: ["flow"] }, { role: ["tag"] }] },
      true,
    ],
    [
      "two filters of which one finds nothing",
      { related: [{ role: ["flow"] }, { role: ["deployment"] }] },
      false,
    ],
    [
      "a resource in a role",
      {
        related: {
          resources_in_roles: [
            ["x", "tag"],
            ["prefect.flow.9", "flow"],
          ],
        },
      },
      true,
    ],
    ["a resource in another role", { related: { resources_in_roles: [["prefect.flow.9", "tag"]] } }, false],
    ["labels of a related resource", { related: { labels: { team: "da?a" } } }, true],
    ["any resource: the primary one", { any_resource: { id: ["prefect.flow-run.1"] } }, true],
    ["any resource: a related one", { any_resource: { id_prefix: ["prefect.tag."] } }, true],
    [
      "any resource: criteria of two different ones",
      { any_resource: { id: ["prefect.flow-run.1"], labels: { team: "*" } } },
      false,
    ],
    [
      "any resource: a list, all of which must be found",
      { any_resource: [{ id: ["prefect.flow-run.1"] }, { id: ["prefect.flow.9"] }] },
      true,
    ],
    ["a word of the name", { text: { query: "COMPLETED" } }, true],
    ["a word of a label's value", { text: { query: "nightly" } }, true],
    ["a phrase of the payload", { text: { query: '"loaded users"' } }, true],
    ["an excluded word", { text: { query: "completed -users" } }, false],
    ["an empty search", { text: { query: "  " } }, true],
    ["two parts that both fit", { event: { prefix: ["prefect."] }, related: { role: ["flow"] } }, true],
    [
      "two parts of which one does not fit",
      { event: { prefix: ["prefect."] }, related: { role: ["x"] } },
      false,
    ],
  ])("%s", (_, filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each([
    [5_000_000, 5_000_000, true],
    [5_000_001, 9_000_000, false],
    [0, 4_999_999, false],
  ])("takes the window from %i to %i as inclusive: %s", (since, until, expected) => {
    const occurred = { since: since as Timestamp, until: until as Timestamp };
    expect(compileEventFilter({ ...eventFilter.parse({}), occurred })(EVENT)).toBe(expected);
  });
});
