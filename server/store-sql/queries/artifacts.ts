import type { ArtifactCollectionId, ArtifactId, ArtifactSort, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  Artifact,
  ArtifactCollection,
  ArtifactCollectionQuery,
  ArtifactQuery,
  ArtifactReads,
  ArtifactWrites,
  LatestArtifact,
} from "../../store/artifacts.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { type Condition, compileFilter, type FilterFields, joinConditions } from "../filters/criteria.ts";
import { ARTIFACT_COLLECTION_FIELDS, ARTIFACT_FIELDS } from "../filters/object-fields.ts";
import { artifactRelationConditions } from "../filters/object-filters.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("artifact", "artifact");
const decodeArtifact = rowDecoder<Artifact>("artifact");

/** A collection's own columns beside those of its newest artifact. */
const COLLECTION_PREFIX = "collection_";
const COLLECTION_COLUMNS = sql`${columnList("artifact_collection", "collection", COLLECTION_PREFIX)}, ${COLUMNS}`;
const FROM_COLLECTIONS = sql`artifact_collection AS collection JOIN artifact ON artifact.id = collection.latest_id`;
const decodeCollectionColumns = rowDecoder<LatestArtifact & Pick<ArtifactCollection, "id">>(
  "artifact_collection",
  { prefix: COLLECTION_PREFIX },
);

type Selection =
  | Pick<ArtifactQuery, "filter" | "filters">
  | Pick<ArtifactCollectionQuery, "filter" | "filters">;

export class SqlArtifacts implements ArtifactReads, ArtifactWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: ArtifactId): Promise<Artifact | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM artifact
      WHERE id = ${id} AND workspace_id = ${workspaceId}`.execute(this.#session.db);
    return rows[0] ? decodeArtifact(rows[0]) : null;
  }

  async list(workspaceId: WorkspaceId, query: ArtifactQuery): Promise<Artifact[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM artifact
      WHERE ${this.#condition("artifact", workspaceId, query, ARTIFACT_FIELDS)}
      ORDER BY ${order("artifact", query.sort)}
      LIMIT ${query.limit} OFFSET ${query.offset}`.execute(this.#session.db);
    return rows.map(decodeArtifact);
  }

  async count(workspaceId: WorkspaceId, selection: Selection): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM artifact
      WHERE ${this.#condition("artifact", workspaceId, selection, ARTIFACT_FIELDS)}`.execute(
      this.#session.db,
    );
    return rows[0]?.count ?? 0;
  }

  async readCollection(workspaceId: WorkspaceId, key: string): Promise<ArtifactCollection | null> {
    const { rows } = await sql<object>`SELECT ${COLLECTION_COLUMNS} FROM ${FROM_COLLECTIONS}
      WHERE collection.workspace_id = ${workspaceId} AND collection.key = ${key}`.execute(this.#session.db);
    return rows[0] ? decodeCollection(rows[0]) : null;
  }

  async listCollections(
    workspaceId: WorkspaceId,
    query: ArtifactCollectionQuery,
  ): Promise<ArtifactCollection[]> {
    const { rows } = await sql<object>`SELECT ${COLLECTION_COLUMNS} FROM ${FROM_COLLECTIONS}
      WHERE ${this.#condition("collection", workspaceId, query, ARTIFACT_COLLECTION_FIELDS)}
      ORDER BY ${order("collection", query.sort)}
      LIMIT ${query.limit} OFFSET ${query.offset}`.execute(this.#session.db);
    return rows.map(decodeCollection);
  }

  async countCollections(workspaceId: WorkspaceId, selection: Selection): Promise<number> {
    const condition = this.#condition("collection", workspaceId, selection, ARTIFACT_COLLECTION_FIELDS);
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM ${FROM_COLLECTIONS}
      WHERE ${condition}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async create(artifact: Artifact): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "artifact", [encodeRow("artifact", artifact)]);
  }

  async update(
    workspaceId: WorkspaceId,
    id: ArtifactId,
    changes: Parameters<ArtifactWrites["update"]>[2],
  ): Promise<boolean> {
    const { db } = this.#session;
    const result = await db
      .updateTable("artifact")
      .set(encodeChanges("artifact", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await db
      .updateTable("artifact_collection")
      .set({ updated: changes.updated })
      .where("latest_id", "=", id)
      .execute();
    return true;
  }

  async delete(workspaceId: WorkspaceId, id: ArtifactId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("artifact")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async lockCollection(workspaceId: WorkspaceId, key: string): Promise<ArtifactCollection | null> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ id: string }>`SELECT id FROM artifact_collection
      WHERE workspace_id = ${workspaceId} AND key = ${key}`.execute(db);
    await dialect.lockRows(
      db,
      "artifact_collection",
      rows.map((row) => row.id),
    );
    return this.readCollection(workspaceId, key);
  }

  async putLatest(id: ArtifactCollectionId, latest: LatestArtifact): Promise<ArtifactCollectionId> {
    const { db, dialect } = this.#session;
    const row = encodeRow("artifact_collection", { ...latest, id });
    const [written] = await dialect.insertRows(db, "artifact_collection", [row], {
      onConflict:
        "(workspace_id, key) DO UPDATE SET latest_id = excluded.latest_id, updated = excluded.updated",
      returning: ["id"],
    });
    // The statement writes a row in either case, and the column holds such ids.
    return written?.["id"] as ArtifactCollectionId;
  }

  async replaceLatest(id: ArtifactCollectionId, latest: LatestArtifact): Promise<void> {
    const { latest_id, created, updated } = latest;
    await this.#session.db
      .updateTable("artifact_collection")
      .set({ latest_id, created, updated })
      .where("id", "=", id)
      .execute();
  }

  async deleteCollection(id: ArtifactCollectionId): Promise<void> {
    await this.#session.db.deleteFrom("artifact_collection").where("id", "=", id).execute();
  }

  #condition(
    table: "artifact" | "collection",
    workspaceId: WorkspaceId,
    { filter, filters }: Selection,
    fields: FilterFields,
  ): Condition {
    const { dialect } = this.#session;
    return joinConditions("and_", [
      sql<SqlBool>`${sql.ref(`${table}.workspace_id`)} = ${workspaceId}`,
      compileFilter(filter, fields, dialect),
      ...artifactRelationConditions(filters, dialect),
    ]);
  }
}

function decodeCollection(row: object): ArtifactCollection {
  const { created_by: _creator, updated_by: _updater, ...content } = decodeArtifact(row);
  return { ...content, ...decodeCollectionColumns(row) };
}

const ORDERS: Readonly<Record<ArtifactSort, readonly [column: string, direction: "ASC" | "DESC"]>> = {
  CREATED_DESC: ["created", "DESC"],
  UPDATED_DESC: ["updated", "DESC"],
  ID_DESC: ["id", "DESC"],
  KEY_DESC: ["key", "DESC"],
  KEY_ASC: ["key", "ASC"],
};

function order(table: "artifact" | "collection", sort: ArtifactSort): RawBuilder<unknown> {
  const [column, direction] = ORDERS[sort];
  return sql`${sql.ref(`${table}.${column}`)} ${sql.raw(direction)}, ${sql.ref(`${table}.id`)} DESC`;
}
