/** The write path of flow runs: insert with a first state, lock with all facts, write accepted states. */
import type {
  ConcurrencyLimitId,
  DeploymentId,
  FlowRunId,
  LeaseId,
  TaskRunId,
  Timestamp,
  WorkQueueId,
} from "@sluice/schemas";
import { sql } from "kysely";
import type { ConcurrencyLimitFacts } from "../../store/concurrency-limits.ts";
import type {
  DeploymentFacts,
  FlowRun,
  FlowRunFacts,
  FlowRunTransition,
  NewFlowRun,
} from "../../store/flow-runs.ts";
import { decodeJson, type EncodedRow, encodeJson } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { currentStateColumns } from "../states.ts";
import { lockLimitsById } from "./concurrency-limits.ts";
import {
  decodeFlowRun,
  encodeFlowRun,
  FLOW_RUN_COLUMNS,
  FLOW_RUN_TABLES,
  selectFlowRuns,
  selectFlowRunsById,
} from "./flow-run-rows.ts";
import { insertStates } from "./history-rows.ts";
import { selectLeases } from "./leases.ts";
import { selectTaskRunsById } from "./task-run-rows.ts";

export async function createFlowRuns(
  session: Session,
  runs: readonly NewFlowRun[],
): Promise<{ run: FlowRun; created: boolean }[]> {
  const { db, dialect } = session;
  const inserted = await dialect.insertRows(db, "flow_run", runs.map(encodeFlowRun), {
    onConflict: "(flow_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING",
    returning: ["id"],
  });
  const createdIds = new Set(inserted.map((row) => row["id"]));
  const created = runs.filter((run) => createdIds.has(run.id));
  await insertStates(
    session,
    "flow_run_state",
    created.flatMap(({ id, state }) => (state === null ? [] : [{ run_id: id, state }])),
  );
  const withQueue = created.filter((run) => run.work_queue_id !== null).map((run) => run.id);
  const reread = withQueue.length === 0 ? [] : await selectFlowRunsById(session, withQueue);
  const complete = new Map(reread.map((run) => [run.id, run]));
  const answers: { run: FlowRun; created: boolean }[] = [];
  for (const run of runs) {
    const isNew = createdIds.has(run.id);
    answers.push({
      run: isNew
        ? (complete.get(run.id) ?? { ...run, work_pool_id: null, work_pool_name: null })
        : await readExisting(session, run),
      created: isNew,
    });
  }
  return answers;
}

/** The run that holds the idempotency key: the insert has just met it. */
async function readExisting(session: Session, run: NewFlowRun): Promise<FlowRun> {
  const [existing] = await selectFlowRuns(
    session,
    sql`flow_run.flow_id = ${run.flow_id} AND flow_run.idempotency_key = ${run.idempotency_key}`,
  );
  if (existing === undefined) {
    throw new Error(
      `Flow run ${run.id} was not inserted, yet no run of flow ${run.flow_id} has its idempotency key.`,
    );
  }
  return existing;
}

interface FactsRow {
  readonly flow_name: string;
  readonly flow_tags: string;
  readonly deployment_row_id: DeploymentId | null;
  readonly deployment_name: string;
  readonly deployment_tags: string;
  readonly deployment_concurrency_options: string | null;
  readonly deployment_concurrency_limit_id: ConcurrencyLimitId | null;
  readonly queue_row_id: WorkQueueId | null;
  readonly queue_name: string;
  readonly pool_type: string;
}

export async function lockFlowRuns(
  session: Session,
  ids: readonly FlowRunId[],
  now: Timestamp,
): Promise<Map<FlowRunId, FlowRunFacts>> {
  const { db, dialect } = session;
  await dialect.lockRows(db, "flow_run", ids);
  const { rows } = await sql<FactsRow>`SELECT ${FLOW_RUN_COLUMNS},
      flow.name AS flow_name, flow.tags AS flow_tags,
      deployment.id AS deployment_row_id, deployment.name AS deployment_name, deployment.tags AS deployment_tags,
      deployment.concurrency_options AS deployment_concurrency_options,
      deployment.concurrency_limit_id AS deployment_concurrency_limit_id,
      run_queue.id AS queue_row_id, run_queue.name AS queue_name, run_pool.type AS pool_type
    FROM ${FLOW_RUN_TABLES}
    JOIN flow ON flow.id = flow_run.flow_id
    LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
    WHERE ${dialect.inList(sql.ref("flow_run.id"), "uuid", ids)}`.execute(db);
  const loaded = rows.map((row) => ({ row, run: decodeFlowRun(row) }));
  const parents = await lockParents(session, loaded);
  const limits = await lockLimits(session, loaded, now);
  const leases = await readLeases(session, loaded);
  return new Map(
    loaded.map(({ row, run }) => {
      const leaseId = run.state?.state_details.deployment_concurrency_lease_id;
      return [
        run.id,
        {
          run,
          flow: { id: run.flow_id, name: row.flow_name, tags: decodeTags(row.flow_tags) },
          deployment: deploymentFacts(row, limits),
          work_queue: row.queue_row_id === null ? null : { id: row.queue_row_id, name: row.queue_name },
          work_pool: workPoolFacts(row, run),
          parent_task_run: parents.get(run.parent_task_run_id) ?? null,
          lease: leaseId ? (leases.get(leaseId) ?? null) : null,
        },
      ];
    }),
  );
}

export async function applyFlowRunTransitions(
  session: Session,
  transitions: readonly FlowRunTransition[],
): Promise<void> {
  if (transitions.length === 0) return;
  const { db, dialect } = session;
  await insertStates(
    session,
    "flow_run_state",
    transitions.map(({ id, state }) => ({ run_id: id, state })),
  );
  await dialect.updateRows(
    db,
    "flow_run",
    transitions.map(({ id, state, progress, updated }) => ({
      id,
      ...encodeProgress(progress),
      ...currentStateColumns(state),
      updated,
    })),
    { columns: TRANSITION_COLUMNS },
  );
}

const TRANSITION_COLUMNS = [
  "run_count",
  "expected_start_time",
  "next_scheduled_start_time",
  "start_time",
  "end_time",
  "total_run_time",
  "empirical_policy",
  "attempt",
  "state_id",
  "state_type",
  "state_name",
  "state_timestamp",
  "updated",
];

function encodeProgress(progress: FlowRunTransition["progress"]): EncodedRow {
  return { ...progress, empirical_policy: encodeJson(progress.empirical_policy) };
}

async function lockParents(
  session: Session,
  loaded: readonly { readonly run: FlowRun }[],
): Promise<Map<TaskRunId | null, FlowRunFacts["parent_task_run"]>> {
  const ids = loaded.flatMap(({ run }) => (run.parent_task_run_id === null ? [] : [run.parent_task_run_id]));
  if (ids.length === 0) return new Map();
  await session.dialect.lockRows(session.db, "task_run", ids);
  const parents = await selectTaskRunsById(session, ids);
  return new Map(parents.map((parent) => [parent.id, parent]));
}

async function lockLimits(
  session: Session,
  loaded: readonly { readonly row: FactsRow }[],
  now: Timestamp,
): Promise<Map<ConcurrencyLimitId, ConcurrencyLimitFacts>> {
  const ids = loaded.flatMap(({ row }) =>
    row.deployment_concurrency_limit_id === null ? [] : [row.deployment_concurrency_limit_id],
  );
  if (ids.length === 0) return new Map();
  const limits = await lockLimitsById(session, ids, now);
  return new Map(limits.map((limit) => [limit.id, limit]));
}

async function readLeases(
  session: Session,
  loaded: readonly { readonly run: FlowRun }[],
): Promise<Map<LeaseId, FlowRunFacts["lease"]>> {
  const ids = loaded.flatMap(({ run }) => {
    const id = run.state?.state_details.deployment_concurrency_lease_id;
    return id ? [id] : [];
  });
  if (ids.length === 0) return new Map();
  const leases = await selectLeases(session, sql`${session.dialect.inList(sql.ref("id"), "uuid", ids)}`);
  return new Map(leases.map(({ id, created, expires }) => [id, { id, created, expires }]));
}

function deploymentFacts(
  row: FactsRow,
  limits: ReadonlyMap<ConcurrencyLimitId, ConcurrencyLimitFacts>,
): DeploymentFacts | null {
  if (row.deployment_row_id === null) return null;
  const limitId = row.deployment_concurrency_limit_id;
  return {
    id: row.deployment_row_id,
    name: row.deployment_name,
    tags: decodeTags(row.deployment_tags),
    concurrency_options: decodeJson(
      row.deployment_concurrency_options,
    ) as DeploymentFacts["concurrency_options"], // written by the deployment's commands
    limit: limitId === null ? null : (limits.get(limitId) ?? null),
  };
}

function workPoolFacts(row: FactsRow, run: FlowRun): FlowRunFacts["work_pool"] {
  if (run.work_pool_id === null || run.work_pool_name === null) return null;
  return { id: run.work_pool_id, name: run.work_pool_name, type: row.pool_type };
}

function decodeTags(text: string): readonly string[] {
  return decodeJson(text) as readonly string[]; // a tags column holds an array of strings
}
