/**
 * Terms: what an event can be found by without reading events one by one. Each is a 53-bit hash of a kind, a
 * workspace and a text, so that an index entry is three small numbers whatever the length of a resource's id. Two texts
 * may share a hash (about once in 10^16 pairs).
 */
import type { WorkspaceId } from "@sluice/schemas";
import type { StoredEvent } from "../store/events.ts";

/** `all` has no text: it finds every event of the workspace. */
export type TermKind = "all" | "name" | "resource" | "related";

const SEEDS: Readonly<Record<TermKind, number>> = { all: 1, name: 2, resource: 3, related: 4 };

export function eventTerm(kind: TermKind, workspaceId: WorkspaceId, text = ""): number {
  return hash53(text, workspaceSeed(workspaceId) ^ SEEDS[kind]);
}

/** The terms of one event, each once. */
export function termsOfEvent(event: StoredEvent): Set<number> {
  const { workspace_id: workspaceId } = event;
  const terms = new Set([
    eventTerm("all", workspaceId),
    eventTerm("name", workspaceId, event.event),
    eventTerm("resource", workspaceId, event.resource["prefect.resource.id"]),
  ]);
  for (const resource of event.related) {
    terms.add(eventTerm("related", workspaceId, resource["prefect.resource.id"]));
  }
  return terms;
}

const seeds = new Map<WorkspaceId, number>();
/** Workspaces are few; this only keeps a flood of made-up ones from staying in memory. */
const MAXIMUM_SEEDS = 10_000;

function workspaceSeed(workspaceId: WorkspaceId): number {
  let seed = seeds.get(workspaceId);
  if (seed === undefined) {
    if (seeds.size >= MAXIMUM_SEEDS) seeds.clear();
    seed = hash53(workspaceId, 0) | 0;
    seeds.set(workspaceId, seed);
  }
  return seed;
}

/** Two 32-bit multiplicative hashes, mixed and joined to the 53 bits that a number holds exactly (cyrb53). */
function hash53(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
