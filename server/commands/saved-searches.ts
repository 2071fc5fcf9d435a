/** Keeping sets of filters by name (protocol section 9.6). They tell nobody: they are a matter of screens. */
import { newId, type SavedSearchCreate, type SavedSearchId } from "@sluice/schemas";
import type { SavedSearch } from "../store/saved-searches.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound } from "./errors.ts";

/** Makes the search, or gives the one of that name these filters. */
export async function saveSearch(
  { store, now }: CommandContext,
  caller: Caller,
  { name, filters }: SavedSearchCreate,
): Promise<{ readonly search: SavedSearch; readonly created: boolean }> {
  const moment = now();
  const search: SavedSearch = {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    name,
    filters,
    created_by: storedActor(caller),
    updated_by: storedActor(caller),
  };
  return await store.transaction((tx) => tx.savedSearches.put(search));
}

/** @throws Refusal not_found */
export async function deleteSavedSearch(
  { store }: CommandContext,
  { workspace_id }: Caller,
  id: SavedSearchId,
): Promise<void> {
  const existed = await store.transaction((tx) => tx.savedSearches.delete(workspace_id, id));
  if (!existed) throw notFound("Saved search");
}
