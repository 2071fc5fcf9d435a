import { type BlockDocumentId, type BlockDocumentSort, newId, type WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type {
  BlockDocument,
  BlockDocumentQuery,
  BlockDocumentReads,
  BlockDocumentReference,
  BlockDocumentSelection,
  BlockDocumentTree,
  BlockDocumentWrites,
} from "../../store/block-documents.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { type Condition, compileFilter, joinConditions } from "../filters/criteria.ts";
import { BLOCK_DOCUMENT_FIELDS, BLOCK_SCHEMA_FIELDS, BLOCK_TYPE_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("block_document", "block_document");
const decodeDocument = rowDecoder<BlockDocument>("block_document");

const ORDERS: Readonly<Record<BlockDocumentSort, RawBuilder<unknown>>> = {
  NAME_DESC: sql`block_document.name DESC, block_document.id DESC`,
  NAME_ASC: sql`block_document.name, block_document.id`,
  BLOCK_TYPE_AND_NAME_ASC: sql`block_document.block_type_name, block_document.name, block_document.id`,
};

/** More than any database holds: both demand a limit before an offset. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export class SqlBlockDocuments implements BlockDocumentReads, BlockDocumentWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: BlockDocumentId): Promise<BlockDocument | null> {
    const [document] = await this.#select(sql`block_document.workspace_id = ${workspaceId}
      AND block_document.id = ${id}`);
    return document ?? null;
  }

  async readByName(workspaceId: WorkspaceId, slug: string, name: string): Promise<BlockDocument | null> {
    const [document] = await this.#select(sql`block_document.workspace_id = ${workspaceId}
      AND block_document.name = ${name} AND block_document.block_type_id = (
        SELECT block_type.id FROM block_type
        WHERE block_type.workspace_id = ${workspaceId} AND block_type.slug = ${slug})`);
    return document ?? null;
  }

  list(workspaceId: WorkspaceId, query: BlockDocumentQuery): Promise<BlockDocument[]> {
    return this.#select(sql`${this.#condition(workspaceId, query)} ORDER BY ${ORDERS[query.sort]}
      LIMIT ${query.limit ?? NO_LIMIT} OFFSET ${query.offset}`);
  }

  async count(workspaceId: WorkspaceId, selection: BlockDocumentSelection): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM block_document
      WHERE ${this.#condition(workspaceId, selection)}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async readTree(workspaceId: WorkspaceId, ids: readonly BlockDocumentId[]): Promise<BlockDocumentTree> {
    const { db, dialect } = this.#session;
    const roots = dialect.inList(sql.ref("reference.parent_block_document_id"), "uuid", ids);
    // UNION, not UNION ALL: what is met again is not followed again.
    const { rows: references } = await sql<BlockDocumentReference>`
      WITH RECURSIVE tree (id, name, parent_block_document_id, reference_block_document_id) AS (
        SELECT reference.id, reference.name, reference.parent_block_document_id,
          reference.reference_block_document_id
        FROM block_document_reference AS reference WHERE ${roots}
        UNION
        SELECT reference.id, reference.name, reference.parent_block_document_id,
          reference.reference_block_document_id
        FROM block_document_reference AS reference JOIN tree
          ON reference.parent_block_document_id = tree.reference_block_document_id)
      SELECT name, parent_block_document_id, reference_block_document_id FROM tree ORDER BY id`.execute(db);
    const all = [
      ...new Set([...ids, ...references.map((reference) => reference.reference_block_document_id)]),
    ];
    const among = dialect.inList(sql.ref("block_document.id"), "uuid", all);
    const documents = await this.#select(sql`block_document.workspace_id = ${workspaceId} AND ${among}`);
    return { documents, references };
  }

  async create(document: BlockDocument): Promise<boolean> {
    const { db, dialect } = this.#session;
    const rows = [encodeRow("block_document", document)];
    const onConflict = "(block_type_id, name) DO NOTHING";
    const written = await dialect.insertRows(db, "block_document", rows, { onConflict, returning: ["id"] });
    return written.length > 0;
  }

  async lock(ids: readonly BlockDocumentId[]): Promise<void> {
    await this.#session.dialect.lockRows(this.#session.db, "block_document", ids);
  }

  async update(
    workspaceId: WorkspaceId,
    id: BlockDocumentId,
    changes: Parameters<BlockDocumentWrites["update"]>[2],
  ): Promise<boolean> {
    const result = await this.#session.db
      .updateTable("block_document")
      .set(encodeChanges("block_document", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async delete(workspaceId: WorkspaceId, id: BlockDocumentId): Promise<boolean> {
    const result = await this.#session.db
      .deleteFrom("block_document")
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async replaceReferences(
    parent: BlockDocumentId,
    references: ReadonlyMap<string, BlockDocumentId>,
  ): Promise<void> {
    const { db, dialect } = this.#session;
    await db.deleteFrom("block_document_reference").where("parent_block_document_id", "=", parent).execute();
    const rows = [...references].map(([name, reference]) =>
      encodeRow("block_document_reference", {
        id: newId(),
        name,
        parent_block_document_id: parent,
        reference_block_document_id: reference,
      }),
    );
    if (rows.length > 0) await dialect.insertRows(db, "block_document_reference", rows);
  }

  #condition(workspaceId: WorkspaceId, selection: BlockDocumentSelection): Condition {
    const { dialect } = this.#session;
    const { filter, typeFilter, schemaFilter } = selection;
    const conditions = [
      sql<SqlBool>`block_document.workspace_id = ${workspaceId}`,
      compileFilter(filter, BLOCK_DOCUMENT_FIELDS, dialect),
    ];
    if (typeFilter) {
      conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM block_type
        WHERE block_type.id = block_document.block_type_id
          AND ${compileFilter(typeFilter, BLOCK_TYPE_FIELDS, dialect)})`);
    }
    if (schemaFilter) {
      conditions.push(sql<SqlBool>`EXISTS (SELECT 1 FROM block_schema
        WHERE block_schema.id = block_document.block_schema_id
          AND ${compileFilter(schemaFilter, BLOCK_SCHEMA_FIELDS, dialect)})`);
    }
    return joinConditions("and_", conditions);
  }

  async #select(rest: RawBuilder<unknown>): Promise<BlockDocument[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM block_document WHERE ${rest}`.execute(
      this.#session.db,
    );
    return rows.map(decodeDocument);
  }
}
