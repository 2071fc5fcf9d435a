import type { BlockTypeId, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { BlockType, BlockTypeQuery, BlockTypeReads, BlockTypeWrites } from "../../store/block-types.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { compileFilter, joinConditions } from "../filters/criteria.ts";
import { BLOCK_SCHEMA_FIELDS, BLOCK_TYPE_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("block_type", "block_type");
const decodeType = rowDecoder<BlockType>("block_type");

export class SqlBlockTypes implements BlockTypeReads, BlockTypeWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: BlockTypeId): Promise<BlockType | null> {
    const [type] = await this.#select(sql`workspace_id = ${workspaceId} AND id = ${id}`);
    return type ?? null;
  }

  async readBySlug(workspaceId: WorkspaceId, slug: string): Promise<BlockType | null> {
    const [type] = await this.#select(sql`workspace_id = ${workspaceId} AND slug = ${slug}`);
    return type ?? null;
  }

  readMany(workspaceId: WorkspaceId, ids: readonly BlockTypeId[]): Promise<BlockType[]> {
    const among = this.#session.dialect.inList(sql.ref("block_type.id"), "uuid", ids);
    return this.#select(sql`workspace_id = ${workspaceId} AND ${among}`);
  }

  list(workspaceId: WorkspaceId, query: BlockTypeQuery): Promise<BlockType[]> {
    const { dialect } = this.#session;
    const conditions = [
      sql<SqlBool>`block_type.workspace_id = ${workspaceId}`,
      compileFilter(query.filter, BLOCK_TYPE_FIELDS, dialect),
    ];
    if (query.schemaFilter) {
      conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM block_schema
        WHERE block_schema.block_type_id = block_type.id
          AND ${compileFilter(query.schemaFilter, BLOCK_SCHEMA_FIELDS, dialect)})`);
    }
    return this.#select(sql`${joinConditions("and_", conditions)}
      ORDER BY block_type.name, block_type.id LIMIT ${query.limit} OFFSET ${query.offset}`);
  }

  async create(type: BlockType): Promise<boolean> {
    const { db, dialect } = this.#session;
    const rows = [encodeRow("block_type", type)];
    const onConflict = "(workspace_id, slug) DO NOTHING";
    const written = await dialect.insertRows(db, "block_type", rows, { onConflict, returning: ["id"] });
    return written.length > 0;
  }

  async update(
    workspaceId: WorkspaceId,
    id: BlockTypeId,
    changes: Parameters<BlockTypeWrites["update"]>[2],
  ): Promise<BlockType | null> {
    await this.#session.db
      .updateTable("block_type")
      .set(encodeChanges("block_type", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .execute();
    return await this.read(workspaceId, id);
  }

  async delete(workspaceId: WorkspaceId, id: BlockTypeId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("block_type")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async #select(rest: RawBuilder<unknown>): Promise<BlockType[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM block_type WHERE ${rest}`.execute(
      this.#session.db,
    );
    return rows.map(decodeType);
  }
}
