import type { FlowRunId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { FlowRun } from "../../store/flow-runs.ts";
import type { WaitingRunQuery, WaitingRunReads } from "../../store/waiting-runs.ts";
import type { Session } from "../dialect.ts";
import { selectFlowRunsById } from "./flow-run-rows.ts";

/** How many queues one statement looks into: few enough for any database to plan at once. */
const QUEUES_PER_STATEMENT = 50;

/** The very words of the index that is in this order. */
const TIME = sql`coalesce(waiting.next_scheduled_start_time, 0)`;

export class SqlWaitingRuns implements WaitingRunReads {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async list(query: WaitingRunQuery): Promise<FlowRun[]> {
    const { allowances, at_most } = query;
    const taken: FlowRun[] = [];
    for (let start = 0; start < allowances.length && taken.length < at_most; start += QUEUES_PER_STATEMENT) {
      const some = allowances.slice(start, start + QUEUES_PER_STATEMENT);
      taken.push(...(await this.#take({ ...query, allowances: some, at_most: at_most - taken.length })));
    }
    return taken;
  }

  /** Each queue's first runs are cut off along the index, and found again by key: plans that no statistics can spoil. */
  async #take({ allowances, ...query }: WaitingRunQuery): Promise<FlowRun[]> {
    const firstOfQueues = allowances.map(
      (allowance, place) => sql`SELECT * FROM (${firstOfQueue(allowance, place, query)}) AS of_queue`,
    );
    const { rows } = await sql<{ id: FlowRunId }>`
      SELECT id FROM (${sql.join(firstOfQueues, sql` UNION ALL `)}) AS candidate
      ORDER BY place, time, id LIMIT ${query.at_most}`.execute(this.#session.db);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return [];
    const runs = new Map((await selectFlowRunsById(this.#session, ids)).map((run) => [run.id, run]));
    // One that has begun since the first query is no longer waiting.
    return ids.flatMap((id) => {
      const run = runs.get(id);
      return run?.state?.type === "SCHEDULED" ? [run] : [];
    });
  }
}

function firstOfQueue(
  { queue_id, at_most }: WaitingRunQuery["allowances"][number],
  place: number,
  { at_most: atMostInAll, ...query }: Omit<WaitingRunQuery, "allowances">,
): RawBuilder<unknown> {
  const { scheduled_after, scheduled_before, with_in_process_retries } = query;
  const conditions = [
    sql`waiting.work_queue_id = ${queue_id}`,
    sql`waiting.state_type = 'SCHEDULED'`,
    ...(scheduled_after === null ? [] : [sql`${TIME} >= ${scheduled_after}`]),
    ...(scheduled_before === null ? [] : [sql`${TIME} <= ${scheduled_before}`]),
    ...(with_in_process_retries
      ? []
      : [sql`coalesce(waiting.empirical_policy ->> 'retry_type', '') <> 'in_process'`]),
  ];
  return sql`SELECT waiting.id, ${TIME} AS time, ${sql.lit(place)} AS place
    FROM flow_run AS waiting WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY ${TIME}, waiting.id LIMIT ${Math.min(at_most, atMostInAll)}`;
}
