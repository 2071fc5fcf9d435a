/** The write path of task runs that the server orchestrates: subflow tracking, deferred runs, REST clients. */
import type { FlowId, FlowRunId, TaskRunId, Timestamp } from "@sluice/schemas";
import { sql } from "kysely";
import type { OccupiedConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { TaskRun, TaskRunFacts, TaskRunTransition } from "../../store/task-runs.ts";
import type { Session } from "../dialect.ts";
import { currentTaskRunStateColumns, decodeState, stateColumns } from "../states.ts";
import { SqlConcurrencyLimits } from "./concurrency-limits.ts";
import { insertStates } from "./history-rows.ts";
import {
  decodeTaskRun,
  encodeTaskRun,
  selectTaskRuns,
  TASK_RUN_COLUMNS,
  TASK_RUN_TABLES,
} from "./task-run-rows.ts";

/** Limits on tasks of a tag are ordinary limits with this prefix to the tag (protocol section 3.9). */
const TAG_LIMIT_PREFIX = "tag:";

export async function createTaskRuns(
  session: Session,
  runs: readonly TaskRun[],
): Promise<{ run: TaskRun; created: boolean }[]> {
  const inserted = await session.dialect.insertRows(session.db, "task_run", runs.map(encodeTaskRun), {
    onConflict: "DO NOTHING",
    returning: ["id"],
  });
  const createdIds = new Set(inserted.map((row) => row["id"]));
  const created = runs.filter((run) => createdIds.has(run.id));
  await insertStates(
    session,
    "task_run_state",
    created.flatMap(({ id, state }) => (state === null ? [] : [{ run_id: id, state }])),
  );
  const answers: { run: TaskRun; created: boolean }[] = [];
  for (const run of runs) {
    const isNew = createdIds.has(run.id);
    answers.push({ run: isNew ? run : await readExisting(session, run), created: isNew });
  }
  return answers;
}

/** The run that holds the natural key, or else the id: the insert has just met it. */
async function readExisting(session: Session, run: TaskRun): Promise<TaskRun> {
  const scope =
    run.flow_run_id === null
      ? sql`task_run.flow_run_id IS NULL AND task_run.workspace_id = ${run.workspace_id}`
      : sql`task_run.flow_run_id = ${run.flow_run_id}`;
  const byKey = await selectTaskRuns(
    session,
    sql`${scope} AND task_run.task_key = ${run.task_key} AND task_run.dynamic_key = ${run.dynamic_key}`,
  );
  const existing = byKey[0] ?? (await selectTaskRuns(session, sql`task_run.id = ${run.id}`))[0];
  if (existing === undefined) {
    throw new Error(`Task run ${run.id} was not inserted, yet nothing has its id or its natural key.`);
  }
  return existing;
}

interface FactsRow {
  readonly parent_id: FlowRunId | null;
  readonly parent_name: string;
  readonly parent_flow_id: FlowId;
  readonly parent_run_count: number;
}

export async function lockTaskRuns(
  session: Session,
  ids: readonly TaskRunId[],
  now: Timestamp,
): Promise<Map<TaskRunId, TaskRunFacts>> {
  const { db, dialect } = session;
  await dialect.lockRows(db, "task_run", ids);
  const { rows } = await sql<FactsRow>`SELECT ${TASK_RUN_COLUMNS},
      parent.id AS parent_id, parent.name AS parent_name, parent.flow_id AS parent_flow_id,
      parent.run_count AS parent_run_count, ${stateColumns("parent_state", "parent_result", "parent_state__")}
    FROM ${TASK_RUN_TABLES}
    LEFT JOIN flow_run AS parent ON parent.id = task_run.flow_run_id
    LEFT JOIN flow_run_state AS parent_state ON parent_state.id = parent.state_id
    LEFT JOIN artifact AS parent_result ON parent_result.id = parent_state.result_artifact_id
    WHERE ${dialect.inList(sql.ref("task_run.id"), "uuid", ids)}`.execute(db);
  const loaded = rows.map((row) => ({ row, run: decodeTaskRun(row) }));
  const limits = await lockTagLimits(
    session,
    loaded.map(({ run }) => run),
    now,
  );
  return new Map(
    loaded.map(({ row, run }) => [
      run.id,
      {
        run,
        flow_run:
          row.parent_id === null
            ? null
            : {
                id: row.parent_id,
                name: row.parent_name,
                flow_id: row.parent_flow_id,
                run_count: row.parent_run_count,
                state: decodeState(row, "parent_state__"),
              },
        tag_limits: limits.filter(
          (limit) =>
            limit.workspace_id === run.workspace_id &&
            run.tags.includes(limit.name.slice(TAG_LIMIT_PREFIX.length)),
        ),
      },
    ]),
  );
}

async function lockTagLimits(
  session: Session,
  runs: readonly TaskRun[],
  now: Timestamp,
): Promise<OccupiedConcurrencyLimit[]> {
  const limits = new SqlConcurrencyLimits(session);
  const tagged = runs.filter((run) => run.tags.length > 0);
  const found: OccupiedConcurrencyLimit[] = [];
  for (const [workspaceId, ofWorkspace] of Map.groupBy(tagged, (run) => run.workspace_id)) {
    const names = new Set(ofWorkspace.flatMap((run) => run.tags.map((tag) => TAG_LIMIT_PREFIX + tag)));
    found.push(...(await limits.lockByName(workspaceId, [...names], now)));
  }
  return found;
}

const TRANSITION_COLUMNS = [
  "name",
  "run_count",
  "flow_run_run_count",
  "expected_start_time",
  "next_scheduled_start_time",
  "start_time",
  "end_time",
  "total_run_time",
  "state_id",
  "state_type",
  "state_name",
  "state_timestamp",
  "state_deferred",
  "updated",
];

export async function applyTaskRunTransitions(
  session: Session,
  transitions: readonly TaskRunTransition[],
): Promise<void> {
  if (transitions.length === 0) return;
  await insertStates(
    session,
    "task_run_state",
    transitions.map(({ id, state }) => ({ run_id: id, state })),
  );
  await session.dialect.updateRows(
    session.db,
    "task_run",
    transitions.map(({ id, state, progress, updated }) => ({
      id,
      ...progress,
      ...currentTaskRunStateColumns(state),
      updated,
    })),
    { columns: TRANSITION_COLUMNS },
  );
}
