import type { Timestamp } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { OverdueFlowRun, OverdueRunReads, OverdueTaskRun } from "../../store/overdue-runs.ts";
import type { Session } from "../dialect.ts";

const COLUMNS = sql`flow_run.id, flow_run.workspace_id, flow_run.deployment_id, flow_run.state_id,
  flow_run.state_type, flow_run.next_scheduled_start_time`;
// The very words of the partial indexes: SQLite uses them only for a query that repeats the condition.
const IS_UNFINISHED = sql`state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')`;

export class SqlOverdueRuns implements OverdueRunReads {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async listLate(scheduledBefore: Timestamp, limit: number): Promise<OverdueFlowRun[]> {
    return this.#select(sql`FROM flow_run
      WHERE flow_run.state_type = 'SCHEDULED' AND flow_run.state_name = 'Scheduled'
        AND flow_run.next_scheduled_start_time <= ${scheduledBefore}
      ORDER BY flow_run.next_scheduled_start_time, flow_run.id LIMIT ${limit}`);
  }

  async listExpiredPauses(now: Timestamp, limit: number): Promise<OverdueFlowRun[]> {
    const timeout = this.#session.dialect.number(sql<string>`state.state_details ->> 'pause_timeout'`);
    return this.#select(sql`FROM flow_run JOIN flow_run_state AS state ON state.id = flow_run.state_id
      WHERE flow_run.${IS_UNFINISHED} AND flow_run.state_type = 'PAUSED' AND ${timeout} < ${now}
      ORDER BY ${timeout}, flow_run.id LIMIT ${limit}`);
  }

  async listCancelling(since: Timestamp, limit: number): Promise<OverdueFlowRun[]> {
    return this.#select(sql`FROM flow_run
      WHERE flow_run.${IS_UNFINISHED} AND flow_run.state_type = 'CANCELLING' AND flow_run.state_timestamp <= ${since}
      ORDER BY flow_run.state_timestamp, flow_run.id LIMIT ${limit}`);
  }

  async listTaskRunsOfCancelled(endedAfter: Timestamp, limit: number): Promise<OverdueTaskRun[]> {
    const { rows } = await sql<OverdueTaskRun>`SELECT task_run.id, task_run.workspace_id
      FROM task_run JOIN flow_run ON flow_run.id = task_run.flow_run_id
      WHERE task_run.${IS_UNFINISHED}
        AND flow_run.state_type = 'CANCELLED' AND flow_run.end_time > ${endedAfter}
      ORDER BY task_run.id LIMIT ${limit}`.execute(this.#session.db);
    return rows;
  }

  async listSubflowRunsOfCancelled(limit: number): Promise<OverdueFlowRun[]> {
    return this.#select(sql`FROM flow_run
      JOIN task_run AS tracking ON tracking.id = flow_run.parent_task_run_id
      JOIN flow_run AS container ON container.id = tracking.flow_run_id
      WHERE flow_run.${IS_UNFINISHED} AND container.state_type = 'CANCELLED'
        AND NOT (flow_run.deployment_id IS NOT NULL AND flow_run.state_type = 'CANCELLING')
      ORDER BY flow_run.id LIMIT ${limit}`);
  }

  async #select(rest: RawBuilder<unknown>): Promise<OverdueFlowRun[]> {
    const { rows } = await sql<OverdueFlowRun>`SELECT ${COLUMNS} ${rest}`.execute(this.#session.db);
    return rows;
  }
}
