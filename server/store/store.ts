/**
 * The store: what the server keeps, behind ports.
 *
 * 1. A {@link StoreTransaction} sees its own writes; all of it is kept, or none.
 * 2. {@link Store.reads} sees the last commit and never waits for a writer.
 * 3. Every row belongs to a workspace. Reads and writes of one resource take the workspace first and see nothing of
 *    another; the batch methods of the hot path and of background services take ids and return the workspace.
 * 4. Ids and moments come from the caller: a store has no clock and makes up nothing.
 * 5. A write that breaks a key fails its transaction. The error may come from the write, from a later call or from the
 *    end of the transaction: catch it around {@link Store.transaction}.
 */
import type { ArtifactReads, ArtifactWrites } from "./artifacts.ts";
import type { BlockDocumentReads, BlockDocumentWrites } from "./block-documents.ts";
import type { BlockSchemaReads, BlockSchemaWrites } from "./block-schemas.ts";
import type { BlockTypeReads, BlockTypeWrites } from "./block-types.ts";
import type { ConcurrencyLimitReads, ConcurrencyLimitWrites } from "./concurrency-limits.ts";
import type { ConfigurationReads, ConfigurationWrites } from "./configuration.ts";
import type { CsrfTokenReads, CsrfTokenWrites } from "./csrf-tokens.ts";
import type { DeploymentReads, DeploymentWrites } from "./deployments.ts";
import type { EventReads, EventWrites } from "./events.ts";
import type { FlowRunInputReads, FlowRunInputWrites } from "./flow-run-inputs.ts";
import type { FlowRunReads, FlowRunWrites } from "./flow-runs.ts";
import type { FlowReads, FlowWrites } from "./flows.ts";
import type { LeaseReads, LeaseWrites } from "./leases.ts";
import type { LogReads, LogWrites } from "./logs.ts";
import type { OutboxReads, OutboxWrites } from "./outbox.ts";
import type { OverdueRunReads } from "./overdue-runs.ts";
import type { SavedSearchReads, SavedSearchWrites } from "./saved-searches.ts";
import type { StoreSignals } from "./signals.ts";
import type { SlotReads } from "./slots.ts";
import type { StateReads } from "./states.ts";
import type { TaskQueueReads, TaskQueueWrites } from "./task-queue.ts";
import type { TaskRunReads, TaskRunWrites } from "./task-runs.ts";
import type { VariableReads, VariableWrites } from "./variables.ts";
import type { WaitingRunReads } from "./waiting-runs.ts";
import type { WorkPoolReads, WorkPoolWrites } from "./work-pools.ts";
import type { WorkQueueReads, WorkQueueWrites } from "./work-queues.ts";
import type { WorkerReads, WorkerWrites } from "./workers.ts";

export interface Store {
  /**
   * Runs `work` in one transaction and commits when it resolves, rolls back when it throws. `work` may run again after
   * a serialization failure or deadlock, so it must have no effect outside of `tx`.
   *
   * @throws StoreUnavailableError when the database can't be reached or stays busy
   * @throws StoreConflictError when a write breaks a unique key
   */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>;
  readonly reads: StoreReads;
  /** Wake-ups between the processes on this database. */
  readonly signals: StoreSignals;
  /** True when a trivial query succeeds now. Never throws. */
  isHealthy(): Promise<boolean>;
  /** Waits for the transactions under way and lets go of every connection. Safe to call twice. */
  close(): Promise<void>;
}

export interface StoreReads {
  readonly flows: FlowReads;
  readonly flowRuns: FlowRunReads;
  readonly taskRuns: TaskRunReads;
  readonly taskQueue: TaskQueueReads;
  readonly states: StateReads;
  readonly logs: LogReads;
  readonly flowRunInputs: FlowRunInputReads;
  readonly artifacts: ArtifactReads;
  readonly blockTypes: BlockTypeReads;
  readonly blockSchemas: BlockSchemaReads;
  readonly blockDocuments: BlockDocumentReads;
  readonly deployments: DeploymentReads;
  readonly variables: VariableReads;
  readonly savedSearches: SavedSearchReads;
  readonly concurrencyLimits: ConcurrencyLimitReads;
  readonly leases: LeaseReads;
  readonly csrfTokens: CsrfTokenReads;
  readonly configuration: ConfigurationReads;
  readonly outbox: OutboxReads;
  readonly events: EventReads;
  readonly overdueRuns: OverdueRunReads;
  readonly workPools: WorkPoolReads;
  readonly workQueues: WorkQueueReads;
  readonly workers: WorkerReads;
  readonly slots: SlotReads;
  readonly waitingRuns: WaitingRunReads;
}

export interface StoreTransaction {
  readonly flows: FlowReads & FlowWrites;
  readonly flowRuns: FlowRunReads & FlowRunWrites;
  readonly taskRuns: TaskRunReads & TaskRunWrites;
  readonly taskQueue: TaskQueueReads & TaskQueueWrites;
  readonly states: StateReads;
  readonly logs: LogReads & LogWrites;
  readonly flowRunInputs: FlowRunInputReads & FlowRunInputWrites;
  readonly artifacts: ArtifactReads & ArtifactWrites;
  readonly blockTypes: BlockTypeReads & BlockTypeWrites;
  readonly blockSchemas: BlockSchemaReads & BlockSchemaWrites;
  readonly blockDocuments: BlockDocumentReads & BlockDocumentWrites;
  readonly deployments: DeploymentReads & DeploymentWrites;
  readonly variables: VariableReads & VariableWrites;
  readonly savedSearches: SavedSearchReads & SavedSearchWrites;
  readonly concurrencyLimits: ConcurrencyLimitReads & ConcurrencyLimitWrites;
  readonly leases: LeaseReads & LeaseWrites;
  readonly csrfTokens: CsrfTokenReads & CsrfTokenWrites;
  readonly configuration: ConfigurationReads & ConfigurationWrites;
  readonly outbox: OutboxReads & OutboxWrites;
  readonly events: EventReads & EventWrites;
  readonly workPools: WorkPoolReads & WorkPoolWrites;
  readonly workQueues: WorkQueueReads & WorkQueueWrites;
  readonly workers: WorkerReads & WorkerWrites;
}
