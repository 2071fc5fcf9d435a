/**
 * The runs of a work queue by state, those that wait in the order in which they are handed out. The time stands there as
 * an expression, so that no index on the time alone seems to give the same order: following that one would pass by every
 * run that waits elsewhere.
 */
export const waitingRuns = `
DROP INDEX ix_flow_run__work_queue;
CREATE INDEX ix_flow_run__work_queue
  ON flow_run (work_queue_id, state_type, (coalesce(next_scheduled_start_time, 0)), id)
  WHERE work_queue_id IS NOT NULL;
`;
