/** Saved searches: sets of filters that screens keep by name (protocol section 9.6). The server never reads the filters. */
import { z } from "zod";
import { idOutput, type SavedSearchId } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export interface SavedSearchFilter {
  /** What is searched, e.g. `flow_run`. */
  readonly object: string;
  readonly property: string;
  readonly type: string;
  readonly operation: string;
  /** Any JSON. */
  readonly value: unknown;
}

export interface SavedSearch {
  readonly id: SavedSearchId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its workspace. */
  readonly name: string;
  readonly filters: readonly SavedSearchFilter[];
}

/** A value that must be there, null included; `z.unknown()` would let it be left out. */
const requiredValue = z.unknown().check(({ value, issues }) => {
  if (value === undefined) issues.push({ code: "custom", input: value });
});

const savedSearchFilter = z
  .object({
    object: z.string(),
    property: z.string(),
    type: z.string(),
    operation: z.string(),
    value: requiredValue,
  })
  .meta({ id: "SavedSearchFilter" });

/** `PUT /saved_searches/`: makes the search, or gives the one of that name other filters. */
export const savedSearchCreate = z
  .strictObject({ name: z.string(), filters: z.array(savedSearchFilter).default([]) })
  .meta({ id: "SavedSearchCreate" });
export type SavedSearchCreate = z.output<typeof savedSearchCreate>;

export const savedSearchResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string(),
    filters: z.array(savedSearchFilter),
  })
  .meta({ id: "SavedSearch" });
export type SavedSearchResponse = z.output<typeof savedSearchResponse>;
