/** Events at rest: the event, and the terms that it is found by (see event-terms.ts). */
import type { EventId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { EventCount, EventFilter, EventReads, EventWrites, StoredEvent } from "../../store/events.ts";
import { encodeRow, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { termsOfEvent } from "../event-terms.ts";
import { joinConditions } from "../filters/criteria.ts";
import { compileEventFilter } from "../filters/event-filter.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("event", "event");
const decodeEvent = rowDecoder<StoredEvent>("event");

export class SqlEvents implements EventReads, EventWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: EventId): Promise<StoredEvent | null> {
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM event
      WHERE id = ${id} AND workspace_id = ${workspaceId}`.execute(this.#session.db);
    return rows[0] ? decodeEvent(rows[0]) : null;
  }

  async list(workspaceId: WorkspaceId, query: Parameters<EventReads["list"]>[1]): Promise<StoredEvent[]> {
    const { filter, limit, offset } = query;
    const direction = filter.order === "ASC" ? sql`ASC` : sql`DESC`;
    const order = sql`found.occurred ${direction}, found.event_position ${direction}`;
    const page = sql`SELECT found.occurred, found.event_position ${this.#matches(workspaceId, filter)}
      ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`;
    const { rows } = await sql<object>`SELECT ${COLUMNS} FROM (${page}) AS found
      CROSS JOIN event WHERE event.position = found.event_position ORDER BY ${order}`.execute(
      this.#session.db,
    );
    return rows.map(decodeEvent);
  }

  async count(workspaceId: WorkspaceId, filter: EventFilter): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count
      ${this.#matches(workspaceId, filter)}`.execute(this.#session.db);
    return rows[0]?.count ?? 0;
  }

  async countByTime(
    workspaceId: WorkspaceId,
    filter: EventFilter,
    slices: Parameters<EventReads["countByTime"]>[2],
  ): Promise<{ bucket: number; count: number }[]> {
    const { db, dialect } = this.#session;
    const interval = slices.interval_seconds * 1_000_000;
    const bucket = dialect.floorDivide(sql<number>`occurred - ${slices.origin}`, interval);
    const { rows } = await sql<{ bucket: number; count: number }>`SELECT bucket, count(*) AS count
      FROM (SELECT ${bucket} AS bucket FROM (SELECT found.occurred ${this.#matches(workspaceId, filter)}) AS moment)
        AS slice
      GROUP BY bucket ORDER BY bucket`.execute(db);
    return rows;
  }

  countByEvent(workspaceId: WorkspaceId, filter: EventFilter): Promise<EventCount[]> {
    const name = sql<string>`event.event`;
    return this.#countBy(workspaceId, filter, name, name);
  }

  countByResource(workspaceId: WorkspaceId, filter: EventFilter): Promise<EventCount[]> {
    const { dialect } = this.#session;
    const id = dialect.jsonText(sql<string>`event.resource`, "prefect.resource.id");
    const name = dialect.jsonText(sql<string>`event.resource`, "prefect.resource.name");
    const oldName = dialect.jsonText(sql<string>`event.resource`, "prefect.name");
    return this.#countBy(workspaceId, filter, sql`${id}`, sql`coalesce(${name}, ${oldName}, ${id})`);
  }

  async insert(events: readonly StoredEvent[]): Promise<Set<EventId>> {
    const { db, dialect } = this.#session;
    const byId = new Map(events.map((event) => [event.id as string, event]));
    const inserted = await dialect.insertRows(
      db,
      "event",
      [...byId.values()].map((event) => encodeRow("event", event)),
      { onConflict: "(id) DO NOTHING", returning: ["position", "id"] },
    );
    const terms = inserted.flatMap(({ position, id }) => {
      const event = byId.get(String(id));
      if (event === undefined) return [];
      return Array.from(termsOfEvent(event), (term) => ({
        term,
        occurred: event.occurred,
        event_position: Number(position),
      }));
    });
    // In the order of the index, so that neighbours are written together.
    terms.sort((a, b) => a.term - b.term || a.occurred - b.occurred);
    await dialect.insertRows(db, "event_term", terms);
    return new Set(inserted.map((row) => row["id"] as EventId)); // the ids of `events`
  }

  async deleteBefore(occurred: Timestamp, limit: number): Promise<number> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<object & { position: number }>`SELECT position, ${COLUMNS} FROM event
      WHERE occurred < ${occurred} ORDER BY occurred LIMIT ${limit}`.execute(db);
    if (rows.length === 0) return 0;
    const entries = rows.flatMap((row) => {
      const event = decodeEvent(row);
      return Array.from(termsOfEvent(event), (term) => [term, event.occurred, row.position]);
    });
    const keys = dialect.jsonElements(sql<string>`${JSON.stringify(entries)}`, "entry");
    const part = (index: number) => dialect.number(sql<string>`entry.value ->> ${sql.lit(index)}`);
    await sql`DELETE FROM event_term WHERE (term, occurred, event_position) IN
      (SELECT ${part(0)}, ${part(1)}, ${part(2)} FROM ${keys})`.execute(db);
    const positions = rows.map((row) => row.position);
    await sql`DELETE FROM event WHERE ${dialect.inList(sql.ref("position"), "bigint", positions)}`.execute(
      db,
    );
    return rows.length;
  }

  async #countBy(
    workspaceId: WorkspaceId,
    filter: EventFilter,
    value: RawBuilder<string | null>,
    label: RawBuilder<string | null>,
  ): Promise<EventCount[]> {
    // A value may have had several labels: they are counted apart, then together under the latest one.
    const { rows } = await sql<EventCount>`
      SELECT value, label, CAST(sum(events) AS bigint) AS count, min(oldest) AS start_time, max(latest) AS end_time
      FROM (SELECT value, events, oldest, latest,
          first_value(label) OVER (PARTITION BY value ORDER BY latest DESC) AS label
        FROM (SELECT value, label, count(*) AS events, min(occurred) AS oldest, max(occurred) AS latest
          FROM (SELECT ${value} AS value, ${label} AS label, found.occurred
            ${this.#matches(workspaceId, filter, true)}) AS matching
          GROUP BY value, label) AS labelled) AS counted
      GROUP BY value, label ORDER BY count DESC, label`.execute(this.#session.db);
    return rows;
  }

  /** `FROM … WHERE …` of the matching events: `found` has occurred and event_position, `event` is there when needed. */
  #matches(workspaceId: WorkspaceId, filter: EventFilter, needsEvent = false): RawBuilder<unknown> {
    const { dialect } = this.#session;
    const { terms, conditions } = compileEventFilter(workspaceId, filter, dialect);
    const { since, until } = filter.occurred;
    const [first] = terms;
    const inWindow = sql`term_entry.occurred >= ${since} AND term_entry.occurred <= ${until}`;
    const found =
      terms.length === 1
        ? sql`(SELECT occurred, event_position FROM event_term AS term_entry
            WHERE term_entry.term = ${first} AND ${inWindow})`
        : sql`(SELECT DISTINCT occurred, event_position FROM event_term AS term_entry
            WHERE ${dialect.inList(sql.ref("term_entry.term"), "bigint", terms)} AND ${inWindow})`;
    if (filter.resource?.distinct) return this.#distinct(found, conditions);
    if (conditions.length === 0 && !needsEvent) return sql`FROM ${found} AS found`;
    return sql`FROM ${found} AS found CROSS JOIN event
      WHERE event.position = found.event_position AND ${joinConditions("and_", conditions)}`;
  }

  /** The newest matching event of each primary resource. */
  #distinct(
    found: RawBuilder<unknown>,
    conditions: Parameters<typeof joinConditions>[1],
  ): RawBuilder<unknown> {
    const id = this.#session.dialect.jsonText(sql<string>`event.resource`, "prefect.resource.id");
    return sql`FROM (SELECT occurred, event_position FROM (SELECT found.occurred, found.event_position,
          row_number() OVER (PARTITION BY ${id} ORDER BY found.occurred DESC, found.event_position DESC) AS place
        FROM ${found} AS found CROSS JOIN event
        WHERE event.position = found.event_position AND ${joinConditions("and_", conditions)}) AS ranked
      WHERE place = 1) AS found CROSS JOIN event WHERE event.position = found.event_position`;
  }
}
