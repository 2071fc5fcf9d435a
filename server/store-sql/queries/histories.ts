/** Run history by slice of time and state (protocol section 2.2, `POST …/history`). */
import { type Duration, type StateType, TERMINAL_STATE_TYPES, type Timestamp } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { HistoryBucket, HistoryRequest } from "../../store/history.ts";
import type { Session } from "../dialect.ts";
import type { Condition } from "../filters/criteria.ts";

/** More slices than this are not answered; the rest of the time is left out, as upstream. */
const MAXIMUM_BUCKETS = 500;

type RunTable = "flow_run" | "task_run";

interface CountsRow {
  readonly bucket: number;
  readonly state_type: StateType;
  readonly state_name: string;
  readonly count_runs: number;
  readonly sum_run_time: Duration;
  readonly sum_lateness: Duration;
}

export async function selectHistory(
  { db, dialect }: Session,
  table: RunTable,
  condition: Condition,
  request: HistoryRequest,
): Promise<HistoryBucket[]> {
  const { start, interval, now } = request;
  const count = Math.min(Math.ceil((request.end - start) / interval), MAXIMUM_BUCKETS);
  if (count <= 0) return [];
  const end = start + count * interval;
  const run = (column: string) => sql.ref<number>(`${table}.${column}`);
  const bucket = dialect.floorDivide(sql<number>`${run("expected_start_time")} - ${start}`, interval);
  const { rows } = await sql<CountsRow>`SELECT bucket, state_type, state_name, count(*) AS count_runs,
      CAST(sum(run_time) AS bigint) AS sum_run_time, CAST(sum(lateness) AS bigint) AS sum_lateness
    FROM (SELECT ${bucket} AS bucket, ${run("state_type")} AS state_type, ${run("state_name")} AS state_name,
        ${dialect.atLeastZero(estimatedRunTime(table, now))} AS run_time, ${lateness(table, now)} AS lateness
      FROM ${sql.table(table)}
      WHERE ${condition} AND ${run("expected_start_time")} >= ${start} AND ${run("expected_start_time")} < ${end}
        AND ${run("state_type")} IS NOT NULL) AS run
    GROUP BY bucket, state_type, state_name ORDER BY bucket, state_type, state_name`.execute(db);
  const byBucket = Map.groupBy(rows, (row) => row.bucket);
  return Array.from({ length: count }, (_, index) => ({
    interval_start: (start + index * interval) as Timestamp, // a moment and whole intervals
    interval_end: (start + (index + 1) * interval) as Timestamp,
    states: (byBucket.get(index) ?? []).map((row) => ({
      state_type: row.state_type,
      state_name: row.state_name,
      count_runs: row.count_runs,
      sum_estimated_run_time: row.sum_run_time,
      sum_estimated_lateness: row.sum_lateness,
    })),
  }));
}

/** As `estimatedRunTime` of the contract, in SQL. */
export function estimatedRunTime(table: RunTable, now: Timestamp): RawBuilder<number> {
  const run = (column: string) => sql.ref(`${table}.${column}`);
  return sql<number>`CASE WHEN ${run("state_type")} = 'RUNNING'
    THEN ${run("total_run_time")} + (${now} - ${run("state_timestamp")})
    ELSE ${run("total_run_time")} END`;
}

const TERMINAL = sql.join(TERMINAL_STATE_TYPES.map((type) => sql.lit(type)));

/** As `estimatedStartTimeDelta` of the contract, in SQL. */
export function lateness(table: RunTable, now: Timestamp): RawBuilder<number> {
  const run = (column: string) => sql.ref(`${table}.${column}`);
  return sql<number>`CASE
    WHEN ${run("start_time")} > ${run("expected_start_time")}
      THEN ${run("start_time")} - ${run("expected_start_time")}
    WHEN ${run("start_time")} IS NULL AND ${run("state_type")} NOT IN (${TERMINAL})
      AND ${run("expected_start_time")} < ${now}
      THEN ${now} - ${run("expected_start_time")}
    ELSE 0 END`;
}
