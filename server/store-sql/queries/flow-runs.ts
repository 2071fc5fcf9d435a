import type { FlowId, FlowRunId, Timestamp, WorkspaceId } from "@sluice/schemas";
import { sql } from "kysely";
import type { Actor } from "../../store/common.ts";
import type { ObjectFilters } from "../../store/filters.ts";
import type {
  FlowRun,
  FlowRunChanges,
  FlowRunFacts,
  FlowRunQuery,
  FlowRunReads,
  FlowRunTransition,
  FlowRunWrites,
  NewFlowRun,
  NextFlowRun,
  SimpleFlowRun,
} from "../../store/flow-runs.ts";
import type { FlowRunGraph, FlowRunGraphV1Node } from "../../store/graph.ts";
import type { HistoryBucket, HistoryRequest } from "../../store/history.ts";
import { encodeChanges } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { flowRunCondition } from "../filters/object-filters.ts";
import {
  averageLateness,
  nextRunOfFlows,
  selectSimpleHistory,
  countTaskRunsOfFlowRuns,
} from "./flow-run-figures.ts";
import { FLOW_RUN_COLUMNS, FLOW_RUN_TABLES, decodeFlowRun, selectFlowRuns } from "./flow-run-rows.ts";
import { applyFlowRunTransitions, createFlowRuns, lockFlowRuns } from "./flow-run-transitions.ts";
import { selectGraphV1, selectGraphV2 } from "./graphs.ts";
import { selectHistory } from "./histories.ts";
import { flowRunOrder } from "./orders.ts";
import { deleteFlowRuns } from "./run-deletion.ts";

export class SqlFlowRuns implements FlowRunReads, FlowRunWrites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async read(workspaceId: WorkspaceId, id: FlowRunId): Promise<FlowRun | null> {
    const runs = await selectFlowRuns(
      this.#session,
      sql`flow_run.id = ${id} AND flow_run.workspace_id = ${workspaceId}`,
    );
    return runs[0] ?? null;
  }

  readMany(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<FlowRun[]> {
    const isWanted = this.#session.dialect.inList(sql.ref("flow_run.id"), "uuid", ids);
    return selectFlowRuns(this.#session, sql`flow_run.workspace_id = ${workspaceId} AND ${isWanted}`);
  }

  async list(workspaceId: WorkspaceId, query: FlowRunQuery): Promise<FlowRun[]> {
    const { db, dialect } = this.#session;
    const order = flowRunOrder(query.sort);
    // The page is cut before anything is joined to it, so that an offset skips index entries only.
    const { rows } = await sql<object>`SELECT ${FLOW_RUN_COLUMNS} FROM ${FLOW_RUN_TABLES}
      WHERE flow_run.id IN (SELECT flow_run.id FROM flow_run
        WHERE ${flowRunCondition(workspaceId, query.filters, dialect, query.sort)}
        ORDER BY ${order} LIMIT ${query.limit} OFFSET ${query.offset})
      ORDER BY ${order}`.execute(db);
    return rows.map(decodeFlowRun);
  }

  async count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number> {
    const { db, dialect } = this.#session;
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM flow_run
      WHERE ${flowRunCondition(workspaceId, filters, dialect)}`.execute(db);
    return rows[0]?.count ?? 0;
  }

  history(workspaceId: WorkspaceId, request: HistoryRequest): Promise<HistoryBucket[]> {
    const condition = flowRunCondition(workspaceId, request.filters, this.#session.dialect);
    return selectHistory(this.#session, "flow_run", condition, request);
  }

  averageLateness(workspaceId: WorkspaceId, filters: ObjectFilters, now: Timestamp): Promise<number | null> {
    return averageLateness(this.#session, workspaceId, filters, now);
  }

  simpleHistory(
    workspaceId: WorkspaceId,
    query: FlowRunQuery & { readonly now: Timestamp },
  ): Promise<SimpleFlowRun[]> {
    return selectSimpleHistory(this.#session, workspaceId, query);
  }

  countTaskRuns(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<Map<FlowRunId, number>> {
    return countTaskRunsOfFlowRuns(this.#session, workspaceId, ids);
  }

  nextRunOfFlows(workspaceId: WorkspaceId, flowIds: readonly FlowId[]): Promise<Map<FlowId, NextFlowRun>> {
    return nextRunOfFlows(this.#session, workspaceId, flowIds);
  }

  graphV1(workspaceId: WorkspaceId, id: FlowRunId): Promise<FlowRunGraphV1Node[]> {
    return selectGraphV1(this.#session, workspaceId, id);
  }

  graphV2(
    workspaceId: WorkspaceId,
    id: FlowRunId,
    options: Parameters<FlowRunReads["graphV2"]>[2],
  ): Promise<FlowRunGraph | null> {
    return selectGraphV2(this.#session, workspaceId, id, options);
  }

  create(runs: readonly NewFlowRun[]): Promise<{ run: FlowRun; created: boolean }[]> {
    return createFlowRuns(this.#session, runs);
  }

  async update(
    workspaceId: WorkspaceId,
    id: FlowRunId,
    changes: FlowRunChanges & { readonly updated: Timestamp; readonly updated_by?: Actor | null },
  ): Promise<FlowRun | null> {
    await this.#session.db
      .updateTable("flow_run")
      .set(encodeChanges("flow_run", changes))
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .execute();
    return this.read(workspaceId, id);
  }

  lockForTransition(ids: readonly FlowRunId[], now: Timestamp): Promise<Map<FlowRunId, FlowRunFacts>> {
    return lockFlowRuns(this.#session, ids, now);
  }

  applyTransitions(transitions: readonly FlowRunTransition[]): Promise<void> {
    return applyFlowRunTransitions(this.#session, transitions);
  }

  async delete(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<FlowRunId[]> {
    const isWanted = this.#session.dialect.inList(sql.ref("id"), "uuid", ids);
    const deleted = await deleteFlowRuns(
      this.#session,
      sql`SELECT id FROM flow_run WHERE workspace_id = ${workspaceId} AND ${isWanted}`,
    );
    return deleted as FlowRunId[]; // the ids of flow_run
  }
}
