import type { LogId, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Log, LogReads, LogWrites } from "../../store/logs.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { compileFilter } from "../filters/criteria.ts";
import { LOG_FIELDS } from "../filters/object-fields.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("log", "log");
const decodeLog = rowDecoder<Log>("log");

const ORDERS = {
  TIMESTAMP_ASC: sql`log.timestamp ASC, log.id ASC`,
  TIMESTAMP_DESC: sql`log.timestamp DESC, log.id DESC`,
};

export class SqlLogs implements LogReads, LogWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async readMany(workspaceId: WorkspaceId, ids: readonly LogId[]): Promise<Log[]> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM log
      WHERE ${dialect.inList(sql.ref("log.id"), "uuid", ids)} AND log.workspace_id = ${workspaceId}`.execute(
      db,
    );
    return rows.map(decodeLog);
  }

  async list(workspaceId: WorkspaceId, query: Parameters<LogReads["list"]>[1]): Promise<Log[]> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM log
      WHERE log.workspace_id = ${workspaceId} AND ${compileFilter(query.filter, LOG_FIELDS, dialect)}
      ORDER BY ${ORDERS[query.sort]} LIMIT ${query.limit} OFFSET ${query.offset}`.execute(db);
    return rows.map(decodeLog);
  }

  async listPage(workspaceId: WorkspaceId, query: Parameters<LogReads["listPage"]>[1]): Promise<Log[]> {
    const { after } = query;
    const isAfter =
      after === null
        ? sql``
        : sql`AND log.timestamp >= ${after.timestamp} AND (log.timestamp > ${after.timestamp} OR log.id > ${after.id})`;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM log
      WHERE log.flow_run_id = ${query.flow_run_id} AND log.workspace_id = ${workspaceId} ${isAfter}
      ORDER BY ${ORDERS.TIMESTAMP_ASC} LIMIT ${query.limit}`.execute(this.#session.db);
    return rows.map(decodeLog);
  }

  async insert(logs: readonly Log[]): Promise<void> {
    const { db, dialect } = this.#session;
    await dialect.insertRows(
      db,
      "log",
      logs.map((log) => encodeRow("log", log)),
      { onConflict: "DO NOTHING" },
    );
  }
}
