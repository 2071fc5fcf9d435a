/** The orders of run lists. The id breaks ties, so that pages neither repeat nor lose a run. */
import type { FlowRunSort, TaskRunSort } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";

type Order = RawBuilder<unknown>;

const FLOW_RUN_ORDERS: Readonly<Record<FlowRunSort, Order>> = {
  ID_DESC: sql`flow_run.id DESC`,
  START_TIME_ASC: sql`coalesce(flow_run.start_time, flow_run.expected_start_time) ASC, flow_run.id ASC`,
  START_TIME_DESC: sql`coalesce(flow_run.start_time, flow_run.expected_start_time) DESC, flow_run.id DESC`,
  EXPECTED_START_TIME_ASC: sql`flow_run.expected_start_time ASC, flow_run.id ASC`,
  EXPECTED_START_TIME_DESC: sql`flow_run.expected_start_time DESC, flow_run.id DESC`,
  NAME_ASC: sql`flow_run.name ASC, flow_run.id ASC`,
  NAME_DESC: sql`flow_run.name DESC, flow_run.id DESC`,
  NEXT_SCHEDULED_START_TIME_ASC: sql`flow_run.next_scheduled_start_time ASC, flow_run.id ASC`,
  END_TIME_DESC: sql`flow_run.end_time DESC, flow_run.id DESC`,
};

const TASK_RUN_ORDERS: Readonly<Record<TaskRunSort, Order>> = {
  ID_DESC: sql`task_run.id DESC`,
  EXPECTED_START_TIME_ASC: sql`task_run.expected_start_time ASC, task_run.id ASC`,
  EXPECTED_START_TIME_DESC: sql`task_run.expected_start_time DESC, task_run.id DESC`,
  NAME_ASC: sql`task_run.name ASC, task_run.id ASC`,
  NAME_DESC: sql`task_run.name DESC, task_run.id DESC`,
  NEXT_SCHEDULED_START_TIME_ASC: sql`task_run.next_scheduled_start_time ASC, task_run.id ASC`,
  END_TIME_DESC: sql`task_run.end_time DESC, task_run.id DESC`,
};

export function flowRunOrder(sort: FlowRunSort): Order {
  return FLOW_RUN_ORDERS[sort];
}

export function taskRunOrder(sort: TaskRunSort): Order {
  return TASK_RUN_ORDERS[sort];
}
