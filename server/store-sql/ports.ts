/** The ports over one session: a transaction's, or reads that each see the last commit. */
import type { StoreReads, StoreTransaction } from "../store/store.ts";
import type { Session } from "./dialect.ts";
import { SqlArtifacts } from "./queries/artifacts.ts";
import { SqlBlockDocuments } from "./queries/block-documents.ts";
import { SqlBlockSchemas } from "./queries/block-schemas.ts";
import { SqlBlockTypes } from "./queries/block-types.ts";
import { SqlConcurrencyLimits } from "./queries/concurrency-limits.ts";
import { SqlDeployments } from "./queries/deployments.ts";
import { SqlEvents } from "./queries/events.ts";
import { SqlFlowRunInputs } from "./queries/flow-run-inputs.ts";
import { SqlFlowRuns } from "./queries/flow-runs.ts";
import { SqlFlows } from "./queries/flows.ts";
import { SqlLeases } from "./queries/leases.ts";
import { SqlLogs } from "./queries/logs.ts";
import { SqlOutbox } from "./queries/outbox.ts";
import { SqlOverdueRuns } from "./queries/overdue-runs.ts";
import { SqlSavedSearches } from "./queries/saved-searches.ts";
import { SqlConfiguration, SqlCsrfTokens } from "./queries/server-rows.ts";
import { SqlSlots } from "./queries/slots.ts";
import { SqlStates } from "./queries/states.ts";
import { SqlTaskQueue } from "./queries/task-queue.ts";
import { SqlTaskRuns } from "./queries/task-runs.ts";
import { SqlVariables } from "./queries/variables.ts";
import { SqlWaitingRuns } from "./queries/waiting-runs.ts";
import { SqlWorkPools } from "./queries/work-pools.ts";
import { SqlWorkQueues } from "./queries/work-queues.ts";
import { SqlWorkers } from "./queries/workers.ts";

/** The same objects serve as reads: their write methods are simply not in that type. */
export function portsOf(session: Session): StoreTransaction & StoreReads {
  return {
    flows: new SqlFlows(session),
    flowRuns: new SqlFlowRuns(session),
    taskRuns: new SqlTaskRuns(session),
    taskQueue: new SqlTaskQueue(session),
    states: new SqlStates(session),
    logs: new SqlLogs(session),
    flowRunInputs: new SqlFlowRunInputs(session),
    artifacts: new SqlArtifacts(session),
    blockTypes: new SqlBlockTypes(session),
    blockSchemas: new SqlBlockSchemas(session),
    blockDocuments: new SqlBlockDocuments(session),
    savedSearches: new SqlSavedSearches(session),
    deployments: new SqlDeployments(session),
    variables: new SqlVariables(session),
    concurrencyLimits: new SqlConcurrencyLimits(session),
    leases: new SqlLeases(session),
    csrfTokens: new SqlCsrfTokens(session),
    configuration: new SqlConfiguration(session),
    outbox: new SqlOutbox(session),
    events: new SqlEvents(session),
    workPools: new SqlWorkPools(session),
    workQueues: new SqlWorkQueues(session),
    workers: new SqlWorkers(session),
    slots: new SqlSlots(session),
    waitingRuns: new SqlWaitingRuns(session),
    overdueRuns: new SqlOverdueRuns(session),
  };
}
