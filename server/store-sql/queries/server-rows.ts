/** Rows of the server itself: CSRF tokens and configuration. */
import type { CsrfToken, Timestamp, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { ConfigurationReads, ConfigurationWrites } from "../../store/configuration.ts";
import type { CsrfTokenReads, CsrfTokenWrites } from "../../store/csrf-tokens.ts";
import { decodeJson, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";

const TOKEN_COLUMNS = columnList("csrf_token", "csrf_token");
const decodeToken = rowDecoder<CsrfToken>("csrf_token");

export class SqlCsrfTokens implements CsrfTokenReads, CsrfTokenWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readByClient(client: string): Promise<CsrfToken | null> {
    const { rows } =
      await sql<object>`SELECT ${TOKEN_COLUMNS} FROM csrf_token WHERE client = ${client}`.execute(
        this.#session.db,
      );
    return rows[0] ? decodeToken(rows[0]) : null;
  }

  async put(token: CsrfToken): Promise<CsrfToken> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "csrf_token", [encodeRow("csrf_token", token)], {
      onConflict:
        "(client) DO UPDATE SET token = excluded.token, expiration = excluded.expiration, updated = excluded.updated",
    });
    return (await this.readByClient(token.client)) ?? token;
  }

  async deleteExpired(now: Timestamp): Promise<number> {
    const result = await this.#session.db
      .deleteFrom("csrf_token")
      .where("expiration", "<", now)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

export class SqlConfiguration implements ConfigurationReads, ConfigurationWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, key: string): Promise<unknown> {
    const { rows } = await sql<{ value: string }>`SELECT value FROM configuration
      WHERE workspace_id = ${workspaceId} AND key = ${key}`.execute(this.#session.db);
    return rows[0] ? decodeJson(rows[0].value) : null;
  }

  async put(workspaceId: WorkspaceId, key: string, value: unknown, now: Timestamp): Promise<void> {
    await this.#insert(
      { workspace_id: workspaceId, key, value, created: now, updated: now },
      "(workspace_id, key) DO UPDATE SET value = excluded.value, updated = excluded.updated",
    );
  }

  async putIfAbsent(workspaceId: WorkspaceId, key: string, value: unknown, now: Timestamp): Promise<unknown> {
    await this.#insert(
      { workspace_id: workspaceId, key, value, created: now, updated: now },
      "(workspace_id, key) DO NOTHING",
    );
    return this.read(workspaceId, key);
  }

  async delete(workspaceId: WorkspaceId, key: string): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("configuration")
      .where("workspace_id", "=", workspaceId)
      .where("key", "=", key)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async #insert(row: object, onConflict: string): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "configuration", [encodeRow("configuration", row)], { onConflict });
  }
}
