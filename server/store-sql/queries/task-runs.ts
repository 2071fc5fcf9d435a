import type { State, StateType, TaskRunId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Actor } from "../../store/common.ts";
import type { ObjectFilters } from "../../store/filters.ts";
import type { HistoryBucket, HistoryRequest } from "../../store/history.ts";
import type {
  RecordedTransition,
  TaskRun,
  TaskRunChanges,
  TaskRunCount,
  TaskRunFacts,
  TaskRunQuery,
  TaskRunReads,
  TaskRunTransition,
  TaskRunWrites,
} from "../../store/task-runs.ts";
import { encodeChanges, encodeRow } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { taskRunCondition } from "../filters/object-filters.ts";
import { selectHistory } from "./histories.ts";
import { taskRunOrder } from "./orders.ts";
import { deleteTaskRuns } from "./run-deletion.ts";
import { selectTaskRunState } from "./states.ts";
import { countTaskRunsByStateType, selectDashboardCounts } from "./task-run-figures.ts";
import { recordTaskRuns } from "./task-run-recording.ts";
import { decodeTaskRun, selectTaskRuns, TASK_RUN_COLUMNS, TASK_RUN_TABLES } from "./task-run-rows.ts";
import { applyTaskRunTransitions, createTaskRuns, lockTaskRuns } from "./task-run-transitions.ts";

export class SqlTaskRuns implements TaskRunReads, TaskRunWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: TaskRunId): Promise<TaskRun | null> {
    const runs = await selectTaskRuns(
      this.#session,
      sql`task_run.id = ${id} AND task_run.workspace_id = ${workspaceId}`,
    );
    return runs[0] ?? null;
  }

  readMany(workspaceId: WorkspaceId, ids: readonly TaskRunId[]): Promise<TaskRun[]> {
    const isWanted = this.#session.dialect.inList(sql.ref("task_run.id"), "uuid", ids);
    return selectTaskRuns(this.#session, sql`task_run.workspace_id = ${workspaceId} AND ${isWanted}`);
  }

  async list(workspaceId: WorkspaceId, query: TaskRunQuery): Promise<TaskRun[]> {
    const { db, dialect } = this.#session;
    const order = taskRunOrder(query.sort);
    // As with flow runs, the page is cut before anything is joined to it.
    const { rows } = await sql<object>`SELECT ${TASK_RUN_COLUMNS} FROM ${TASK_RUN_TABLES}
      WHERE task_run.id IN (SELECT task_run.id FROM task_run
        WHERE ${taskRunCondition(workspaceId, query.filters, dialect, query.sort)}
        ORDER BY ${order} LIMIT ${query.limit} OFFSET ${query.offset})
      ORDER BY ${order}`.execute(db);
    return rows.map(decodeTaskRun);
  }

  async count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM task_run
      WHERE ${taskRunCondition(workspaceId, filters, dialect)}`.execute(db);
    return rows[0]?.count ?? 0;
  }

  history(workspaceId: WorkspaceId, request: HistoryRequest): Promise<HistoryBucket[]> {
    const condition = taskRunCondition(workspaceId, request.filters, this.#session.dialect);
    return selectHistory(this.#session, "task_run", condition, request);
  }

  countByStateType(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<Map<StateType, number>> {
    return countTaskRunsByStateType(this.#session, workspaceId, filters);
  }

  dashboardCounts(
    workspaceId: WorkspaceId,
    request: Parameters<TaskRunReads["dashboardCounts"]>[1],
  ): Promise<TaskRunCount[]> {
    return selectDashboardCounts(this.#session, workspaceId, request);
  }

  readCachedState(workspaceId: WorkspaceId, cacheKey: string, now: Timestamp): Promise<State | null> {
    return selectTaskRunState(
      this.#session,
      sql`state.id = (SELECT task_run_state_id FROM task_run_state_cache
        WHERE workspace_id = ${workspaceId} AND cache_key = ${cacheKey}
          AND (cache_expiration IS NULL OR cache_expiration > ${now})
        ORDER BY created DESC LIMIT 1)`,
    );
  }

  create(runs: readonly TaskRun[]): Promise<{ run: TaskRun; created: boolean }[]> {
    return createTaskRuns(this.#session, runs);
  }

  async update(
    workspaceId: WorkspaceId,
    id: TaskRunId,
    changes: TaskRunChanges & { readonly updated: Timestamp; readonly updated_by?: Actor | null },
  ): Promise<TaskRun | null> {
    await this.#session.db
      .updateTable("task_run")
      .set(encodeChanges("task_run", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .execute();
    return this.read(workspaceId, id);
  }

  lockForTransition(ids: readonly TaskRunId[], now: Timestamp): Promise<Map<TaskRunId, TaskRunFacts>> {
    return lockTaskRuns(this.#session, ids, now);
  }

  applyTransitions(transitions: readonly TaskRunTransition[]): Promise<void> {
    return applyTaskRunTransitions(this.#session, transitions);
  }

  async insertCachedState(entry: Parameters<TaskRunWrites["insertCachedState"]>[0]): Promise<void> {
    const { db, dialect } = this.#session;
    const row = encodeRow("task_run_state_cache", { ...entry, task_run_state_id: entry.state.id });
    await dialect.insertRows(db, "task_run_state_cache", [row], { onConflict: "DO NOTHING" });
  }

  record(transitions: readonly RecordedTransition[]): Promise<void> {
    return recordTaskRuns(this.#session, transitions);
  }

  async delete(workspaceId: WorkspaceId, ids: readonly TaskRunId[]): Promise<TaskRunId[]> {
    const isWanted = this.#session.dialect.inList(sql.ref("id"), "uuid", ids);
    const deleted = await deleteTaskRuns(
      this.#session,
      sql`SELECT id FROM task_run WHERE workspace_id = ${workspaceId} AND ${isWanted}`,
    );
    return deleted as TaskRunId[]; // the ids of task_run
  }
}
