/** Deferred task runs: found by task while they wait, and held by the connection of a task worker afterwards. */
export const taskQueue = `
-- Whether the current state is one of a deferred run; written together with the columns beside it, nowhere else.
ALTER TABLE task_run ADD COLUMN state_deferred boolean NOT NULL DEFAULT false;
UPDATE task_run SET state_deferred = true FROM task_run_state
  WHERE task_run_state.id = task_run.state_id AND task_run_state.state_details ->> 'deferred' = 'true';
CREATE INDEX ix_task_run__queue ON task_run
  (workspace_id, task_key, (state_name <> 'AwaitingRetry'), next_scheduled_start_time, id)
  WHERE state_type = 'SCHEDULED' AND state_deferred;

-- One row per connection of a task worker.
CREATE TABLE task_worker (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  identifier text NOT NULL,
  task_keys jsonb NOT NULL,
  slots integer,
  created bigint NOT NULL,
  seen bigint NOT NULL,
  expires bigint NOT NULL
);
CREATE INDEX ix_task_worker__expires ON task_worker (expires);

-- At most one row per run: while it names a connection, that one alone has the run.
CREATE TABLE task_run_delivery (
  task_run_id uuid PRIMARY KEY REFERENCES task_run (id) ON DELETE CASCADE,
  workspace_id uuid NOT NULL,
  -- Null: given back. What is left is how often the run was handed out.
  task_worker_id uuid,
  is_acknowledged boolean NOT NULL,
  attempts integer NOT NULL
);
CREATE INDEX ix_task_run_delivery__task_worker ON task_run_delivery (task_worker_id)
  WHERE task_worker_id IS NOT NULL;
`;
