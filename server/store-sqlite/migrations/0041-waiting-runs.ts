/** Runs that wait in a work queue, in the order in which they are handed out; few beside those that are over. */
export const waitingRuns = `
CREATE INDEX ix_flow_run__waiting ON flow_run (work_queue_id, next_scheduled_start_time, id)
  WHERE state_type = 'SCHEDULED' AND work_queue_id IS NOT NULL;
`;
