/**
 * The first tables. Types: ids `TEXT`, moments and durations `INTEGER` microseconds, JSON `TEXT`, booleans 0 or 1. Tables without a `position` are clustered by their key, which is time-ordered.
 */
export const initial = `
-- Flows and their runs ---------------------------------------------------------------------------------------------

CREATE TABLE flow (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_flow__name UNIQUE (workspace_id, name)
) WITHOUT ROWID;
CREATE INDEX ix_flow__created ON flow (workspace_id, created);

CREATE TABLE flow_run (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
  -- No foreign key: a deployment's runs outlive it and keep its id.
  deployment_id TEXT,
  deployment_version TEXT,
  work_queue_id TEXT,
  work_queue_name TEXT,
  flow_version TEXT,
  parameters TEXT NOT NULL,
  idempotency_key TEXT,
  context TEXT NOT NULL,
  empirical_policy TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  parent_task_run_id TEXT REFERENCES task_run (id) ON DELETE SET NULL,
  auto_scheduled INTEGER NOT NULL,
  infrastructure_document_id TEXT,
  infrastructure_pid TEXT,
  job_variables TEXT,
  created_by TEXT,
  updated_by TEXT,
  attempt INTEGER NOT NULL,
  run_count INTEGER NOT NULL,
  expected_start_time INTEGER,
  next_scheduled_start_time INTEGER,
  start_time INTEGER,
  end_time INTEGER,
  total_run_time INTEGER NOT NULL,
  -- The last row of the run's history, and a copy of what lists filter by; written together with it, nowhere else.
  state_id TEXT,
  state_type TEXT,
  state_name TEXT,
  state_timestamp INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX uq_flow_run__idempotency_key ON flow_run (flow_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX ix_flow_run__expected_start_time ON flow_run (workspace_id, expected_start_time);
CREATE INDEX ix_flow_run__start_time ON flow_run (workspace_id, (coalesce(start_time, expected_start_time)));
CREATE INDEX ix_flow_run__end_time ON flow_run (workspace_id, end_time);
CREATE INDEX ix_flow_run__state ON flow_run (workspace_id, state_type, expected_start_time);
CREATE INDEX ix_flow_run__name ON flow_run (workspace_id, name);
CREATE INDEX ix_flow_run__flow ON flow_run (flow_id, expected_start_time);
CREATE INDEX ix_flow_run__deployment ON flow_run (deployment_id, expected_start_time) WHERE deployment_id IS NOT NULL;
CREATE INDEX ix_flow_run__work_queue ON flow_run (work_queue_id, state_type) WHERE work_queue_id IS NOT NULL;
CREATE INDEX ix_flow_run__parent ON flow_run (parent_task_run_id) WHERE parent_task_run_id IS NOT NULL;
CREATE INDEX ix_flow_run__scheduled ON flow_run (next_scheduled_start_time) WHERE state_type = 'SCHEDULED';
-- For services, which look at all workspaces; runs under way are few.
CREATE INDEX ix_flow_run__unfinished ON flow_run (state_type, state_timestamp)
  WHERE state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING');

CREATE TABLE flow_run_state (
  id TEXT PRIMARY KEY,
  flow_run_id TEXT NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message TEXT,
  state_details TEXT NOT NULL,
  -- A result record lives in its artifact; anything else that a client put there is kept here.
  data TEXT,
  result_artifact_id TEXT
) WITHOUT ROWID;
-- The order of a run's history never has a tie.
CREATE UNIQUE INDEX uq_flow_run_state__timestamp ON flow_run_state (flow_run_id, timestamp);

CREATE TABLE flow_run_input (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  flow_run_id TEXT NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  sender TEXT,
  CONSTRAINT uq_flow_run_input__key UNIQUE (flow_run_id, key)
) WITHOUT ROWID;

-- Task runs --------------------------------------------------------------------------------------------------------

CREATE TABLE task_run (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  flow_run_id TEXT REFERENCES flow_run (id) ON DELETE CASCADE,
  task_key TEXT NOT NULL,
  dynamic_key TEXT NOT NULL,
  cache_key TEXT,
  cache_expiration INTEGER,
  task_version TEXT,
  empirical_policy TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  task_inputs TEXT NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  run_count INTEGER NOT NULL,
  flow_run_run_count INTEGER NOT NULL,
  expected_start_time INTEGER,
  next_scheduled_start_time INTEGER,
  start_time INTEGER,
  end_time INTEGER,
  total_run_time INTEGER NOT NULL,
  state_id TEXT,
  state_type TEXT,
  state_name TEXT,
  state_timestamp INTEGER,
  CONSTRAINT uq_task_run__natural_key UNIQUE (flow_run_id, task_key, dynamic_key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX uq_task_run__natural_key_outside_flows ON task_run (workspace_id, task_key, dynamic_key)
  WHERE flow_run_id IS NULL;
CREATE INDEX ix_task_run__expected_start_time ON task_run (workspace_id, expected_start_time);
CREATE INDEX ix_task_run__start_time ON task_run (workspace_id, start_time);
-- Runs under way are few; finished ones are found by time.
CREATE INDEX ix_task_run__unfinished ON task_run (workspace_id, state_type)
  WHERE state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING');

CREATE TABLE task_run_state (
  id TEXT PRIMARY KEY,
  task_run_id TEXT NOT NULL REFERENCES task_run (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  message TEXT,
  state_details TEXT NOT NULL,
  data TEXT,
  result_artifact_id TEXT
) WITHOUT ROWID;
-- Not unique: clients stamp these, and two of one microsecond must both be kept.
CREATE INDEX ix_task_run_state__timestamp ON task_run_state (task_run_id, timestamp);

CREATE TABLE task_run_state_cache (
  task_run_state_id TEXT PRIMARY KEY REFERENCES task_run_state (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  cache_key TEXT NOT NULL,
  cache_expiration INTEGER
) WITHOUT ROWID;
CREATE INDEX ix_task_run_state_cache__key ON task_run_state_cache (workspace_id, cache_key, created);

-- What runs leave behind -------------------------------------------------------------------------------------------

CREATE TABLE log (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  name TEXT NOT NULL,
  level INTEGER NOT NULL,
  message TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  flow_run_id TEXT,
  task_run_id TEXT
) WITHOUT ROWID;
CREATE INDEX ix_log__timestamp ON log (workspace_id, timestamp);
CREATE INDEX ix_log__flow_run ON log (flow_run_id, timestamp) WHERE flow_run_id IS NOT NULL;
CREATE INDEX ix_log__task_run ON log (task_run_id, timestamp) WHERE task_run_id IS NOT NULL;

CREATE TABLE artifact (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  key TEXT,
  type TEXT,
  description TEXT,
  data TEXT,
  metadata_ TEXT,
  flow_run_id TEXT,
  task_run_id TEXT,
  created_by TEXT,
  updated_by TEXT
) WITHOUT ROWID;
CREATE INDEX ix_artifact__key ON artifact (workspace_id, key, created) WHERE key IS NOT NULL;
CREATE INDEX ix_artifact__flow_run ON artifact (flow_run_id) WHERE flow_run_id IS NOT NULL;
CREATE INDEX ix_artifact__task_run ON artifact (task_run_id) WHERE task_run_id IS NOT NULL;

-- The newest artifact of each key.
CREATE TABLE artifact_collection (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  key TEXT NOT NULL,
  latest_id TEXT NOT NULL,
  CONSTRAINT uq_artifact_collection__key UNIQUE (workspace_id, key)
) WITHOUT ROWID;
CREATE INDEX ix_artifact_collection__latest ON artifact_collection (latest_id);

-- Concurrency ------------------------------------------------------------------------------------------------------

CREATE TABLE concurrency_limit (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  active INTEGER NOT NULL,
  name TEXT NOT NULL,
  "limit" INTEGER NOT NULL,
  denied_slots INTEGER NOT NULL,
  slot_decay_per_second REAL NOT NULL,
  avg_slot_occupancy_seconds REAL NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_concurrency_limit__name UNIQUE (workspace_id, name)
) WITHOUT ROWID;

CREATE TABLE concurrency_lease (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  holder_type TEXT,
  holder_id TEXT,
  slots INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_concurrency_lease__expires ON concurrency_lease (expires);
CREATE INDEX ix_concurrency_lease__holder ON concurrency_lease (holder_id) WHERE holder_id IS NOT NULL;

CREATE TABLE concurrency_lease_limit (
  limit_id TEXT NOT NULL REFERENCES concurrency_limit (id) ON DELETE CASCADE,
  lease_id TEXT NOT NULL REFERENCES concurrency_lease (id) ON DELETE CASCADE,
  PRIMARY KEY (limit_id, lease_id)
) WITHOUT ROWID;
CREATE INDEX ix_concurrency_lease_limit__lease ON concurrency_lease_limit (lease_id);

-- Work pools and deployments ---------------------------------------------------------------------------------------

CREATE TABLE work_pool (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  type TEXT NOT NULL,
  base_job_template TEXT NOT NULL,
  is_paused INTEGER NOT NULL,
  -- No foreign key: pool and queue point at each other.
  default_queue_id TEXT,
  concurrency_limit INTEGER,
  status TEXT NOT NULL,
  last_transitioned_status_at INTEGER,
  last_status_event_id TEXT,
  storage_configuration TEXT NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_work_pool__name UNIQUE (workspace_id, name)
) WITHOUT ROWID;

CREATE TABLE work_queue (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  filter TEXT,
  description TEXT NOT NULL,
  is_paused INTEGER NOT NULL,
  concurrency_limit INTEGER,
  priority INTEGER NOT NULL,
  last_polled INTEGER,
  status TEXT NOT NULL,
  work_pool_id TEXT NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_work_queue__name UNIQUE (work_pool_id, name)
) WITHOUT ROWID;
CREATE INDEX ix_work_queue__priority ON work_queue (work_pool_id, priority);

CREATE TABLE worker (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  work_pool_id TEXT NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  last_heartbeat_time INTEGER NOT NULL,
  heartbeat_interval_seconds INTEGER,
  status TEXT NOT NULL,
  CONSTRAINT uq_worker__name UNIQUE (work_pool_id, name)
) WITHOUT ROWID;

CREATE TABLE deployment (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT,
  description TEXT,
  flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
  work_queue_id TEXT REFERENCES work_queue (id) ON DELETE SET NULL,
  work_queue_name TEXT,
  infra_overrides TEXT NOT NULL,
  path TEXT,
  entrypoint TEXT,
  last_polled INTEGER,
  status TEXT NOT NULL,
  paused INTEGER NOT NULL,
  concurrency_limit_id TEXT REFERENCES concurrency_limit (id) ON DELETE SET NULL,
  concurrency_options TEXT,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  parameters TEXT NOT NULL,
  pull_steps TEXT,
  parameter_openapi_schema TEXT,
  enforce_parameter_schema INTEGER NOT NULL,
  infrastructure_document_id TEXT,
  storage_document_id TEXT,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_deployment__name UNIQUE (flow_id, name)
) WITHOUT ROWID;
CREATE INDEX ix_deployment__name ON deployment (workspace_id, name);
CREATE INDEX ix_deployment__work_queue ON deployment (work_queue_id) WHERE work_queue_id IS NOT NULL;
CREATE INDEX ix_deployment__concurrency_limit ON deployment (concurrency_limit_id)
  WHERE concurrency_limit_id IS NOT NULL;

CREATE TABLE deployment_schedule (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
  schedule TEXT NOT NULL,
  active INTEGER NOT NULL,
  max_scheduled_runs INTEGER,
  parameters TEXT NOT NULL,
  slug TEXT,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_deployment_schedule__slug UNIQUE (deployment_id, slug)
) WITHOUT ROWID;

-- Blocks and variables ---------------------------------------------------------------------------------------------

CREATE TABLE block_type (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  logo_url TEXT,
  documentation_url TEXT,
  description TEXT,
  code_example TEXT,
  is_protected INTEGER NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_block_type__slug UNIQUE (workspace_id, slug)
) WITHOUT ROWID;

CREATE TABLE block_schema (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  fields TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  version TEXT NOT NULL,
  block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_block_schema__checksum UNIQUE (workspace_id, checksum, version)
) WITHOUT ROWID;
CREATE INDEX ix_block_schema__block_type ON block_schema (block_type_id);

CREATE TABLE block_schema_reference (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  parent_block_schema_id TEXT NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE,
  reference_block_schema_id TEXT NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX ix_block_schema_reference__parent ON block_schema_reference (parent_block_schema_id);
CREATE INDEX ix_block_schema_reference__reference ON block_schema_reference (reference_block_schema_id);

CREATE TABLE block_document (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- Encrypted by the caller.
  data TEXT NOT NULL,
  is_anonymous INTEGER NOT NULL,
  block_type_name TEXT,
  block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
  block_schema_id TEXT NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_block_document__name UNIQUE (block_type_id, name)
) WITHOUT ROWID;
CREATE INDEX ix_block_document__block_schema ON block_document (block_schema_id);
CREATE INDEX ix_block_document__name ON block_document (workspace_id, name);

CREATE TABLE block_document_reference (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  parent_block_document_id TEXT NOT NULL REFERENCES block_document (id) ON DELETE CASCADE,
  reference_block_document_id TEXT NOT NULL REFERENCES block_document (id) ON DELETE CASCADE,
  CONSTRAINT ck_block_document_reference__other CHECK (parent_block_document_id <> reference_block_document_id)
) WITHOUT ROWID;
CREATE INDEX ix_block_document_reference__parent ON block_document_reference (parent_block_document_id);
CREATE INDEX ix_block_document_reference__reference ON block_document_reference (reference_block_document_id);

CREATE TABLE variable (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT,
  tags TEXT NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_variable__name UNIQUE (workspace_id, name)
) WITHOUT ROWID;

CREATE TABLE saved_search (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  name TEXT NOT NULL,
  filters TEXT NOT NULL,
  created_by TEXT,
  updated_by TEXT,
  CONSTRAINT uq_saved_search__name UNIQUE (workspace_id, name)
) WITHOUT ROWID;

-- Events -----------------------------------------------------------------------------------------------------------

CREATE TABLE event (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  occurred INTEGER NOT NULL,
  received INTEGER NOT NULL,
  event TEXT NOT NULL,
  resource TEXT NOT NULL,
  related TEXT NOT NULL,
  payload TEXT NOT NULL,
  follows TEXT,
  CONSTRAINT uq_event__id UNIQUE (id)
);
CREATE INDEX ix_event__occurred ON event (occurred);

-- Every term that an event can be found by: its workspace, its name, its primary resource, each related resource. A
-- term is a 53-bit hash (see event-terms.ts), so entries are small and filters check the event itself as well.
CREATE TABLE event_term (
  term INTEGER NOT NULL,
  occurred INTEGER NOT NULL,
  event_position INTEGER NOT NULL,
  PRIMARY KEY (term, occurred, event_position)
) WITHOUT ROWID;

-- Events of committed changes that are not published yet.
CREATE TABLE outbox (
  position INTEGER PRIMARY KEY,
  event TEXT NOT NULL
);

-- The server itself ------------------------------------------------------------------------------------------------

CREATE TABLE csrf_token (
  id TEXT PRIMARY KEY,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  token TEXT NOT NULL,
  client TEXT NOT NULL,
  expiration INTEGER NOT NULL,
  CONSTRAINT uq_csrf_token__client UNIQUE (client)
) WITHOUT ROWID;
CREATE INDEX ix_csrf_token__expiration ON csrf_token (expiration);

CREATE TABLE configuration (
  workspace_id TEXT NOT NULL,
  key TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (workspace_id, key)
) WITHOUT ROWID;
`;
