import { type RawBuilder, sql } from "kysely";
import type { FlowRun } from "../../store/flow-runs.ts";
import type { WaitingRunQuery, WaitingRunReads } from "../../store/waiting-runs.ts";
import type { Session } from "../dialect.ts";
import { selectFlowRuns } from "./flow-run-rows.ts";

/** How many queues one statement looks into: few enough for any database to plan at once. */
const QUEUES_PER_STATEMENT = 50;

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

  /** Each queue's first runs are cut off along the index before anything is joined to them. */
  async #take(query: WaitingRunQuery): Promise<FlowRun[]> {
    const { allowances, at_most } = query;
    const firstOfQueues = allowances.map(
      (allowance, place) => sql`SELECT * FROM (${firstOfQueue(allowance, place, query)}) AS of_queue`,
    );
    const runs = await selectFlowRuns(
      this.#session,
      sql`flow_run.id IN (SELECT id FROM (${sql.join(firstOfQueues, sql` UNION ALL `)}) AS candidate
        ORDER BY place, next_scheduled_start_time, id LIMIT ${at_most})`,
    );
    const placeOf = new Map(allowances.map(({ queue_id }, place) => [queue_id as string | null, place]));
    return runs.toSorted(
      (left, right) =>
        (placeOf.get(left.work_queue_id) ?? 0) - (placeOf.get(right.work_queue_id) ?? 0) ||
        (left.next_scheduled_start_time ?? 0) - (right.next_scheduled_start_time ?? 0) ||
        (left.id < right.id ? -1 : 1),
    );
  }
}

function firstOfQueue(
  { queue_id, at_most }: WaitingRunQuery["allowances"][number],
  place: number,
  { scheduled_after, scheduled_before, with_in_process_retries, at_most: atMostInAll }: WaitingRunQuery,
): RawBuilder<unknown> {
  const conditions = [
    // The very words of the partial index: SQLite uses it only for a query that repeats its condition.
    sql`waiting.state_type = 'SCHEDULED'`,
    sql`waiting.work_queue_id = ${queue_id}`,
    sql`waiting.next_scheduled_start_time IS NOT NULL`,
    ...(scheduled_after === null ? [] : [sql`waiting.next_scheduled_start_time >= ${scheduled_after}`]),
    ...(scheduled_before === null ? [] : [sql`waiting.next_scheduled_start_time <= ${scheduled_before}`]),
    ...(with_in_process_retries
      ? []
      : [sql`coalesce(waiting.empirical_policy ->> 'retry_type', '') <> 'in_process'`]),
  ];
  return sql`SELECT waiting.id, waiting.next_scheduled_start_time, ${sql.lit(place)} AS place
    FROM flow_run AS waiting WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY waiting.next_scheduled_start_time, waiting.id LIMIT ${Math.min(at_most, atMostInAll)}`;
}
