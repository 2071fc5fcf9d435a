import type { VariableFilter, VariableId, VariableSort, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Variable, VariableQuery, VariableReads, VariableWrites } from "../../store/variables.ts";
import { encodeChanges, encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { type Condition, compileFilter, joinConditions } from "../filters/criteria.ts";
import { VARIABLE_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("variable", "variable");
const decodeVariable = rowDecoder<Variable>("variable");

const ORDERS: Readonly<Record<VariableSort, RawBuilder<unknown>>> = {
  CREATED_DESC: sql`variable.created DESC, variable.id DESC`,
  UPDATED_DESC: sql`variable.updated DESC, variable.id DESC`,
  NAME_DESC: sql`variable.name DESC`,
  NAME_ASC: sql`variable.name ASC`,
};

export class SqlVariables implements VariableReads, VariableWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  read(workspaceId: WorkspaceId, id: VariableId): Promise<Variable | null> {
    return this.#readWhere(sql`id = ${id} AND workspace_id = ${workspaceId}`);
  }

  readByName(workspaceId: WorkspaceId, name: string): Promise<Variable | null> {
    return this.#readWhere(sql`workspace_id = ${workspaceId} AND name = ${name}`);
  }

  async list(workspaceId: WorkspaceId, query: VariableQuery): Promise<Variable[]> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM variable
      WHERE ${this.#condition(workspaceId, query.filter)}
      ORDER BY ${ORDERS[query.sort]} LIMIT ${query.limit} OFFSET ${query.offset}`.execute(this.#session.db);
    return rows.map(decodeVariable);
  }

  async count(workspaceId: WorkspaceId, filter: VariableFilter | null): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM variable
      WHERE ${this.#condition(workspaceId, filter)}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async create(variable: Variable): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(db, "variable", [encodeRow("variable", variable)]);
  }

  async update(
    workspaceId: WorkspaceId,
    id: VariableId,
    changes: Parameters<VariableWrites["update"]>[2],
  ): Promise<Variable | null> {
    await this.#session.db
      .updateTable("variable")
      .set(encodeChanges("variable", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .execute();
    return this.read(workspaceId, id);
  }

  async delete(workspaceId: WorkspaceId, id: VariableId): Promise<Variable | null> {
    const { rows } = await sql<object>`DELETE FROM variable
      WHERE id = ${id} AND workspace_id = ${workspaceId} RETURNING ${COLUMNS}`.execute(this.#session.db);
    return rows[0] ? decodeVariable(rows[0]) : null;
  }

  #condition(workspaceId: WorkspaceId, filter: VariableFilter | null): Condition {
    return joinConditions("and_", [
      sql<SqlBool>`variable.workspace_id = ${workspaceId}`,
      compileFilter(filter, VARIABLE_FIELDS, this.#session.dialect),
    ]);
  }

  async #readWhere(condition: RawBuilder<unknown>): Promise<Variable | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM variable WHERE ${condition}`.execute(
      this.#session.db,
    );
    return rows[0] ? decodeVariable(rows[0]) : null;
  }
}
