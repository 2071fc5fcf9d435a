/** Runs that wait in work queues for a worker (protocol section 5.5). */
import type { Timestamp, WorkQueueId } from "@sluice/schemas";
import type { FlowRun } from "./flow-runs.ts";

export interface WaitingRunQuery {
  /** The queues to look into, in this order, and how many runs to take from each at most. */
  readonly allowances: readonly { readonly queue_id: WorkQueueId; readonly at_most: number }[];
  /** How many runs to take in all. */
  readonly at_most: number;
  /** Bounds of the time for which they are scheduled, inclusive; null: none. */
  readonly scheduled_after: Timestamp | null;
  readonly scheduled_before: Timestamp | null;
  /** Whether runs count whose own process will try them again. */
  readonly with_in_process_retries: boolean;
}

export interface WaitingRunReads {
  /**
   * SCHEDULED runs, queue by queue, each queue's earliest first. The cost grows with what is taken, not with how many
   * wait.
   */
  list(query: WaitingRunQuery): Promise<FlowRun[]>;
}
