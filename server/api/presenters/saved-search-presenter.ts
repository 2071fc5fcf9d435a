import { formatTimestamp, type SavedSearch } from "@sluice/schemas";

export function presentSavedSearch(search: SavedSearch) {
  return {
    id: search.id,
    created: formatTimestamp(search.created),
    updated: formatTimestamp(search.updated),
    name: search.name,
    filters: search.filters,
  };
}
