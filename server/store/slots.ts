/** Who holds the slots of work pools and queues: runs in certain states, counted when asked (protocol section 5.4). */
import type { FlowRunId, StateType, Timestamp, WorkPoolId, WorkQueueId } from "@sluice/schemas";
import type { Page } from "./common.ts";

/** A flow run that takes a slot of its queue and pool. */
export interface SlotHolder {
  readonly id: FlowRunId;
  readonly name: string;
  readonly work_queue_id: WorkQueueId;
  readonly state_type: StateType;
  readonly state_name: string;
  readonly start_time: Timestamp | null;
  readonly state_timestamp: Timestamp;
}

export interface SlotReads {
  /** Holders per queue; queues without any are absent. */
  countByQueue(
    queueIds: readonly WorkQueueId[],
    states: readonly StateType[],
  ): Promise<Map<WorkQueueId, number>>;
  /** Holders per pool; pools without any are absent. */
  countByPool(poolIds: readonly WorkPoolId[], states: readonly StateType[]): Promise<Map<WorkPoolId, number>>;
  /** By id, which is by age. */
  listHolders(queueId: WorkQueueId, states: readonly StateType[], page: Page): Promise<SlotHolder[]>;
}
