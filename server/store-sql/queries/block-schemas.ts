import {
  type BlockSchemaId,
  type JsonObject,
  newId,
  parseExactJson,
  type WorkspaceId,
} from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  BlockSchema,
  BlockSchemaQuery,
  BlockSchemaReads,
  BlockSchemaReference,
  BlockSchemaTree,
  BlockSchemaWrites,
} from "../../store/block-schemas.ts";
import { decodeJson, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { compileFilter, joinConditions } from "../filters/criteria.ts";
import { BLOCK_SCHEMA_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("block_schema", "block_schema");
const decodeColumns = rowDecoder<Omit<BlockSchema, "fields">>("block_schema", { omit: ["fields"] });

export class SqlBlockSchemas implements BlockSchemaReads, BlockSchemaWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: BlockSchemaId): Promise<BlockSchema | null> {
    const [schema] = await this.#select(sql`workspace_id = ${workspaceId} AND id = ${id}`);
    return schema ?? null;
  }

  async readByChecksum(
    workspaceId: WorkspaceId,
    checksum: string,
    version: string | null,
  ): Promise<BlockSchema | null> {
    const ofVersion = version === null ? sql`` : sql`AND version = ${version}`;
    const [schema] =
      await this.#select(sql`workspace_id = ${workspaceId} AND checksum = ${checksum} ${ofVersion}
      ORDER BY created DESC, id DESC LIMIT 1`);
    return schema ?? null;
  }

  list(workspaceId: WorkspaceId, query: BlockSchemaQuery): Promise<BlockSchema[]> {
    const condition = joinConditions("and_", [
      sql<SqlBool>`block_schema.workspace_id = ${workspaceId}`,
      compileFilter(query.filter, BLOCK_SCHEMA_FIELDS, this.#session.dialect),
    ]);
    return this.#select(sql`${condition} ORDER BY block_schema.created DESC, block_schema.id DESC
      LIMIT ${query.limit} OFFSET ${query.offset}`);
  }

  async readTree(workspaceId: WorkspaceId, ids: readonly BlockSchemaId[]): Promise<BlockSchemaTree> {
    const { db, dialect } = this.#session;
    const roots = dialect.inList(sql.ref("reference.parent_block_schema_id"), "uuid", ids);
    // UNION, not UNION ALL: what is met again is not followed again.
    const { rows: references } = await sql<BlockSchemaReference>`
      WITH RECURSIVE tree (id, name, parent_block_schema_id, reference_block_schema_id) AS (
        SELECT reference.id, reference.name, reference.parent_block_schema_id, reference.reference_block_schema_id
        FROM block_schema_reference AS reference WHERE ${roots}
        UNION
        SELECT reference.id, reference.name, reference.parent_block_schema_id, reference.reference_block_schema_id
        FROM block_schema_reference AS reference JOIN tree
          ON reference.parent_block_schema_id = tree.reference_block_schema_id)
      SELECT name, parent_block_schema_id, reference_block_schema_id FROM tree ORDER BY id`.execute(db);
    const all = [...new Set([...ids, ...references.map((reference) => reference.reference_block_schema_id)])];
    const among = dialect.inList(sql.ref("block_schema.id"), "uuid", all);
    const schemas = await this.#select(sql`workspace_id = ${workspaceId} AND ${among}`);
    return { schemas, references };
  }

  async listCapabilities(workspaceId: WorkspaceId): Promise<string[]> {
    const { rows } = await sql<{ capabilities: string }>`
      SELECT DISTINCT CAST(block_schema.capabilities AS text) AS capabilities FROM block_schema
      WHERE block_schema.workspace_id = ${workspaceId}`.execute(this.#session.db);
    // The column holds lists of texts.
    const lists = rows.map(({ capabilities }) => decodeJson(capabilities) as string[]);
    return [...new Set(lists.flat())].toSorted();
  }

  async create(schema: BlockSchema): Promise<boolean> {
    const { db, dialect } = this.#session;
    const rows = [encodeRow("block_schema", schema)];
    const onConflict = "(workspace_id, checksum, version) DO NOTHING";
    const written = await dialect.insertRows(db, "block_schema", rows, { onConflict, returning: ["id"] });
    return written.length > 0;
  }

  async createReference(reference: BlockSchemaReference): Promise<void> {
    const { db, dialect } = this.#session;
    const row = encodeRow("block_schema_reference", { ...reference, id: newId() });
    await dialect.insertRows(db, "block_schema_reference", [row]);
  }

  async delete(workspaceId: WorkspaceId, id: BlockSchemaId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("block_schema")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async #select(rest: RawBuilder<unknown>): Promise<BlockSchema[]> {
    const { rows } = await sql<{
      fields: string;
    }>`SELECT ${COLUMNS} FROM block_schema WHERE ${rest}`.execute(this.#session.db);
    return rows.map((row) => ({ ...decodeColumns(row), fields: fieldsOf(row.fields) }));
  }
}

/** As they were sent, to the spelling of numbers, which the checksum depends on. */
function fieldsOf(text: string): JsonObject {
  return parseExactJson(text) as JsonObject; // the column holds what the contract checked
}
