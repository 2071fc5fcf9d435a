import type { ArtifactId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  Artifact,
  ArtifactQuery,
  ArtifactReads,
  ArtifactSort,
  ArtifactWrites,
} from "../../store/artifacts.ts";
import type { Page } from "../../store/common.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { type Condition, compileFilter, joinConditions } from "../filters/criteria.ts";
import { ARTIFACT_FIELDS } from "../filters/object-fields.ts";
import { artifactRelationConditions } from "../filters/object-filters.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("artifact", "artifact");
const decodeArtifact = rowDecoder<Artifact>("artifact");

const ORDERS: Readonly<Record<ArtifactSort, RawBuilder<unknown>>> = {
  CREATED_DESC: sql`artifact.created DESC, artifact.id DESC`,
  UPDATED_DESC: sql`artifact.updated DESC, artifact.id DESC`,
  ID_DESC: sql`artifact.id DESC`,
  KEY_DESC: sql`artifact.key DESC, artifact.id DESC`,
  KEY_ASC: sql`artifact.key ASC, artifact.id ASC`,
};

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
    const { rows } =
      await sql<object>`SELECT ${COLUMNS} FROM artifact WHERE ${this.#condition(workspaceId, query)}
      ORDER BY ${ORDERS[query.sort]} LIMIT ${query.limit} OFFSET ${query.offset}`.execute(this.#session.db);
    return rows.map(decodeArtifact);
  }

  async count(workspaceId: WorkspaceId, query: Omit<ArtifactQuery, keyof Page | "sort">): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM artifact
      WHERE ${this.#condition(workspaceId, query)}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  /** A keyed artifact becomes the newest of its key. */
  async create(artifact: Artifact): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "artifact", [encodeRow("artifact", artifact)]);
    if (artifact.key === null) return;
    const collection = encodeRow("artifact_collection", { ...artifact, latest_id: artifact.id });
    await dialect.insertRows(db, "artifact_collection", [collection], {
      onConflict:
        "(workspace_id, key) DO UPDATE SET latest_id = excluded.latest_id, updated = excluded.updated",
    });
  }

  #condition(workspaceId: WorkspaceId, query: Pick<ArtifactQuery, "filter" | "filters">): Condition {
    const { dialect } = this.#session;
    return joinConditions("and_", [
      sql<SqlBool>`artifact.workspace_id = ${workspaceId}`,
      compileFilter(query.filter, ARTIFACT_FIELDS, dialect),
      ...artifactRelationConditions(query.filters, dialect),
    ]);
  }
}
