import type { SavedSearchId, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Page } from "../../store/common.ts";
import type { SavedSearch, SavedSearchReads, SavedSearchWrites } from "../../store/saved-searches.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("saved_search", "saved_search");
const decodeSearch = rowDecoder<SavedSearch>("saved_search");

export class SqlSavedSearches implements SavedSearchReads, SavedSearchWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: SavedSearchId): Promise<SavedSearch | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM saved_search
      WHERE id = ${id} AND workspace_id = ${workspaceId}`.execute(this.#session.db);
    return rows[0] ? decodeSearch(rows[0]) : null;
  }

  async list(workspaceId: WorkspaceId, { limit, offset }: Page): Promise<SavedSearch[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM saved_search WHERE workspace_id = ${workspaceId}
      ORDER BY name LIMIT ${limit} OFFSET ${offset}`.execute(this.#session.db);
    return rows.map(decodeSearch);
  }

  async put(search: SavedSearch): Promise<{ search: SavedSearch; created: boolean }> {
    const { db, dialect } = this.#session;
    const [written] = await dialect.insertRows(db, "saved_search", [encodeRow("saved_search", search)], {
      onConflict: `(workspace_id, name) DO UPDATE SET filters = excluded.filters, updated = excluded.updated,
        updated_by = excluded.updated_by`,
      returning: ["id"],
    });
    const id = written?.["id"] as SavedSearchId; // the statement writes a row in either case
    if (id === search.id) return { search, created: true };
    return { search: (await this.read(search.workspace_id, id)) ?? search, created: false };
  }

  async delete(workspaceId: WorkspaceId, id: SavedSearchId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("saved_search")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }
}
