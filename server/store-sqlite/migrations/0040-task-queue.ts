/** Deferred task runs: found by task while they wait, and held by the connection of a task worker afterwards. */
export const taskQueue = `
-- Whether the current state is one of a deferred run; written together with the columns beside it, nowhere else.
ALTER TABLE task_run ADD COLUMN state_deferred INTEGER NOT NULL DEFAULT 0;
UPDATE task_run SET state_deferred = 1 WHERE EXISTS (SELECT 1 FROM task_run_state
  WHERE task_run_state.id = task_run.state_id AND task_run_state.state_details ->> '$.deferred' = 1);
CREATE INDEX ix_task_run__queue ON task_run
  (workspace_id, task_key, (state_name <> 'AwaitingRetry'), next_scheduled_start_time, id)
  WHERE state_type = 'SCHEDULED' AND state_deferred;

-- One row per connection of a task worker.
CREATE TABLE task_worker (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  identifier TEXT NOT NULL,
  task_keys TEXT NOT NULL,
  slots INTEGER,
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_task_worker__expires ON task_worker (expires);

-- At most one row per run: while it names a connection, that one alone has the run.
CREATE TABLE task_run_delivery (
  task_run_id TEXT PRIMARY KEY REFERENCES task_run (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  -- Null: given back. What is left is how often the run was handed out.
  task_worker_id TEXT,
  is_acknowledged INTEGER NOT NULL,
  attempts INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_task_run_delivery__task_worker ON task_run_delivery (task_worker_id)
  WHERE task_worker_id IS NOT NULL;
`;
