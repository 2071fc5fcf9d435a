/**
 * The first tables. Types: moments and durations `bigint` microseconds, opaque JSON `json` (kept as sent), tags and actors that filters look into `jsonb`.
 */
export const initial = `
-- Flows and their runs ---------------------------------------------------------------------------------------------

CREATE TABLE flow (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_flow__name UNIQUE (workspace_id, name)
);
CREATE INDEX ix_flow__created ON flow (workspace_id, created);

CREATE TABLE flow_run (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  flow_id uuid NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
  -- No foreign key: a deployment's runs outlive it and keep its id.
  deployment_id uuid,
  deployment_version text,
  work_queue_id uuid,
  work_queue_name text,
  flow_version text,
  parameters json NOT NULL,
  idempotency_key text,
  context json NOT NULL,
  empirical_policy json NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  parent_task_run_id uuid,
  auto_scheduled boolean NOT NULL,
  infrastructure_document_id uuid,
  infrastructure_pid text,
  job_variables json,
  created_by jsonb,
  updated_by json,
  attempt integer NOT NULL,
  run_count integer NOT NULL,
  expected_start_time bigint,
  next_scheduled_start_time bigint,
  start_time bigint,
  end_time bigint,
  total_run_time bigint NOT NULL,
  -- The last row of the run's history, and a copy of what lists filter by; written together with it, nowhere else.
  state_id uuid,
  state_type text,
  state_name text,
  state_timestamp bigint
);
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
  id uuid PRIMARY KEY,
  flow_run_id uuid NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
  type text NOT NULL,
  name text NOT NULL,
  timestamp bigint NOT NULL,
  message text,
  state_details json NOT NULL,
  -- A result record lives in its artifact; anything else that a client put there is kept here.
  data json,
  result_artifact_id uuid
);
-- The order of a run's history never has a tie.
CREATE UNIQUE INDEX uq_flow_run_state__timestamp ON flow_run_state (flow_run_id, timestamp);

CREATE TABLE flow_run_input (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  flow_run_id uuid NOT NULL REFERENCES flow_run (id) ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  sender text,
  CONSTRAINT uq_flow_run_input__key UNIQUE (flow_run_id, key)
);

-- Task runs --------------------------------------------------------------------------------------------------------

CREATE TABLE task_run (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  flow_run_id uuid REFERENCES flow_run (id) ON DELETE CASCADE,
  task_key text NOT NULL,
  dynamic_key text NOT NULL,
  cache_key text,
  cache_expiration bigint,
  task_version text,
  empirical_policy json NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  task_inputs json NOT NULL,
  created_by json,
  updated_by json,
  run_count integer NOT NULL,
  flow_run_run_count integer NOT NULL,
  expected_start_time bigint,
  next_scheduled_start_time bigint,
  start_time bigint,
  end_time bigint,
  total_run_time bigint NOT NULL,
  state_id uuid,
  state_type text,
  state_name text,
  state_timestamp bigint,
  CONSTRAINT uq_task_run__natural_key UNIQUE (flow_run_id, task_key, dynamic_key)
);
ALTER TABLE flow_run ADD CONSTRAINT fk_flow_run__parent_task_run_id
  FOREIGN KEY (parent_task_run_id) REFERENCES task_run (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX uq_task_run__natural_key_outside_flows ON task_run (workspace_id, task_key, dynamic_key)
  WHERE flow_run_id IS NULL;
CREATE INDEX ix_task_run__expected_start_time ON task_run (workspace_id, expected_start_time);
CREATE INDEX ix_task_run__start_time ON task_run (workspace_id, start_time);
-- Runs under way are few; finished ones are found by time.
CREATE INDEX ix_task_run__unfinished ON task_run (workspace_id, state_type)
  WHERE state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING');

CREATE TABLE task_run_state (
  id uuid PRIMARY KEY,
  task_run_id uuid NOT NULL REFERENCES task_run (id) ON DELETE CASCADE,
  type text NOT NULL,
  name text NOT NULL,
  timestamp bigint NOT NULL,
  message text,
  state_details json NOT NULL,
  data json,
  result_artifact_id uuid
);
-- Not unique: clients stamp these, and two of one microsecond must both be kept.
CREATE INDEX ix_task_run_state__timestamp ON task_run_state (task_run_id, timestamp);

CREATE TABLE task_run_state_cache (
  task_run_state_id uuid PRIMARY KEY REFERENCES task_run_state (id) ON DELETE CASCADE,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  cache_key text NOT NULL,
  cache_expiration bigint
);
CREATE INDEX ix_task_run_state_cache__key ON task_run_state_cache (workspace_id, cache_key, created);

-- What runs leave behind -------------------------------------------------------------------------------------------

CREATE TABLE log (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  name text NOT NULL,
  level integer NOT NULL,
  message text NOT NULL,
  timestamp bigint NOT NULL,
  flow_run_id uuid,
  task_run_id uuid
);
CREATE INDEX ix_log__timestamp ON log (workspace_id, timestamp);
CREATE INDEX ix_log__flow_run ON log (flow_run_id, timestamp) WHERE flow_run_id IS NOT NULL;
CREATE INDEX ix_log__task_run ON log (task_run_id, timestamp) WHERE task_run_id IS NOT NULL;

CREATE TABLE artifact (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  key text,
  type text,
  description text,
  data json,
  metadata_ json,
  flow_run_id uuid,
  task_run_id uuid,
  created_by json,
  updated_by json
);
CREATE INDEX ix_artifact__key ON artifact (workspace_id, key, created) WHERE key IS NOT NULL;
CREATE INDEX ix_artifact__flow_run ON artifact (flow_run_id) WHERE flow_run_id IS NOT NULL;
CREATE INDEX ix_artifact__task_run ON artifact (task_run_id) WHERE task_run_id IS NOT NULL;

-- The newest artifact of each key.
CREATE TABLE artifact_collection (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  key text NOT NULL,
  latest_id uuid NOT NULL,
  CONSTRAINT uq_artifact_collection__key UNIQUE (workspace_id, key)
);
CREATE INDEX ix_artifact_collection__latest ON artifact_collection (latest_id);

-- Concurrency ------------------------------------------------------------------------------------------------------

CREATE TABLE concurrency_limit (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  active boolean NOT NULL,
  name text NOT NULL,
  "limit" integer NOT NULL,
  denied_slots integer NOT NULL,
  slot_decay_per_second double precision NOT NULL,
  avg_slot_occupancy_seconds double precision NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_concurrency_limit__name UNIQUE (workspace_id, name)
);

CREATE TABLE concurrency_lease (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  expires bigint NOT NULL,
  holder_type text,
  holder_id text,
  slots integer NOT NULL
);
CREATE INDEX ix_concurrency_lease__expires ON concurrency_lease (expires);
CREATE INDEX ix_concurrency_lease__holder ON concurrency_lease (holder_id) WHERE holder_id IS NOT NULL;

CREATE TABLE concurrency_lease_limit (
  limit_id uuid NOT NULL REFERENCES concurrency_limit (id) ON DELETE CASCADE,
  lease_id uuid NOT NULL REFERENCES concurrency_lease (id) ON DELETE CASCADE,
  PRIMARY KEY (limit_id, lease_id)
);
CREATE INDEX ix_concurrency_lease_limit__lease ON concurrency_lease_limit (lease_id);

-- Work pools and deployments ---------------------------------------------------------------------------------------

CREATE TABLE work_pool (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  description text,
  type text NOT NULL,
  base_job_template json NOT NULL,
  is_paused boolean NOT NULL,
  -- No foreign key: pool and queue point at each other.
  default_queue_id uuid,
  concurrency_limit integer,
  status text NOT NULL,
  last_transitioned_status_at bigint,
  last_status_event_id uuid,
  storage_configuration json NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_work_pool__name UNIQUE (workspace_id, name)
);

CREATE TABLE work_queue (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  filter json,
  description text NOT NULL,
  is_paused boolean NOT NULL,
  concurrency_limit integer,
  priority integer NOT NULL,
  last_polled bigint,
  status text NOT NULL,
  work_pool_id uuid NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
  created_by json,
  updated_by json,
  CONSTRAINT uq_work_queue__name UNIQUE (work_pool_id, name)
);
CREATE INDEX ix_work_queue__priority ON work_queue (work_pool_id, priority);

CREATE TABLE worker (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  work_pool_id uuid NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
  name text NOT NULL,
  last_heartbeat_time bigint NOT NULL,
  heartbeat_interval_seconds integer,
  status text NOT NULL,
  CONSTRAINT uq_worker__name UNIQUE (work_pool_id, name)
);

CREATE TABLE deployment (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  version text,
  description text,
  flow_id uuid NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
  work_queue_id uuid REFERENCES work_queue (id) ON DELETE SET NULL,
  work_queue_name text,
  infra_overrides json NOT NULL,
  path text,
  entrypoint text,
  last_polled bigint,
  status text NOT NULL,
  paused boolean NOT NULL,
  concurrency_limit_id uuid REFERENCES concurrency_limit (id) ON DELETE SET NULL,
  concurrency_options json,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  parameters json NOT NULL,
  pull_steps json,
  parameter_openapi_schema json,
  enforce_parameter_schema boolean NOT NULL,
  infrastructure_document_id uuid,
  storage_document_id uuid,
  created_by json,
  updated_by json,
  CONSTRAINT uq_deployment__name UNIQUE (flow_id, name)
);
CREATE INDEX ix_deployment__name ON deployment (workspace_id, name);
CREATE INDEX ix_deployment__work_queue ON deployment (work_queue_id) WHERE work_queue_id IS NOT NULL;
CREATE INDEX ix_deployment__concurrency_limit ON deployment (concurrency_limit_id)
  WHERE concurrency_limit_id IS NOT NULL;

CREATE TABLE deployment_schedule (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  deployment_id uuid NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
  schedule json NOT NULL,
  active boolean NOT NULL,
  max_scheduled_runs integer,
  parameters json NOT NULL,
  slug text,
  created_by json,
  updated_by json,
  CONSTRAINT uq_deployment_schedule__slug UNIQUE (deployment_id, slug)
);

-- Blocks and variables ---------------------------------------------------------------------------------------------

CREATE TABLE block_type (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  logo_url text,
  documentation_url text,
  description text,
  code_example text,
  is_protected boolean NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_block_type__slug UNIQUE (workspace_id, slug)
);

CREATE TABLE block_schema (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  checksum text NOT NULL,
  fields json NOT NULL,
  capabilities jsonb NOT NULL,
  version text NOT NULL,
  block_type_id uuid NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
  created_by json,
  updated_by json,
  CONSTRAINT uq_block_schema__checksum UNIQUE (workspace_id, checksum, version)
);
CREATE INDEX ix_block_schema__block_type ON block_schema (block_type_id);

CREATE TABLE block_schema_reference (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  parent_block_schema_id uuid NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE,
  reference_block_schema_id uuid NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE
);
CREATE INDEX ix_block_schema_reference__parent ON block_schema_reference (parent_block_schema_id);
CREATE INDEX ix_block_schema_reference__reference ON block_schema_reference (reference_block_schema_id);

CREATE TABLE block_document (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  -- Encrypted by the caller.
  data json NOT NULL,
  is_anonymous boolean NOT NULL,
  block_type_name text,
  block_type_id uuid NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
  block_schema_id uuid NOT NULL REFERENCES block_schema (id) ON DELETE CASCADE,
  created_by json,
  updated_by json,
  CONSTRAINT uq_block_document__name UNIQUE (block_type_id, name)
);
CREATE INDEX ix_block_document__block_schema ON block_document (block_schema_id);
CREATE INDEX ix_block_document__name ON block_document (workspace_id, name);

CREATE TABLE block_document_reference (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  parent_block_document_id uuid NOT NULL REFERENCES block_document (id) ON DELETE CASCADE,
  reference_block_document_id uuid NOT NULL REFERENCES block_document (id) ON DELETE CASCADE,
  CONSTRAINT ck_block_document_reference__other CHECK (parent_block_document_id <> reference_block_document_id)
);
CREATE INDEX ix_block_document_reference__parent ON block_document_reference (parent_block_document_id);
CREATE INDEX ix_block_document_reference__reference ON block_document_reference (reference_block_document_id);

CREATE TABLE variable (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  value json,
  tags jsonb NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_variable__name UNIQUE (workspace_id, name)
);

CREATE TABLE saved_search (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  name text NOT NULL,
  filters json NOT NULL,
  created_by json,
  updated_by json,
  CONSTRAINT uq_saved_search__name UNIQUE (workspace_id, name)
);

-- Events -----------------------------------------------------------------------------------------------------------

CREATE TABLE event (
  position bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL,
  workspace_id uuid NOT NULL,
  occurred bigint NOT NULL,
  received bigint NOT NULL,
  event text NOT NULL,
  resource json NOT NULL,
  related json NOT NULL,
  payload json NOT NULL,
  follows uuid,
  CONSTRAINT uq_event__id UNIQUE (id)
);
CREATE INDEX ix_event__occurred ON event (occurred);

-- Every term that an event can be found by: its workspace, its name, its primary resource, each related resource. A
-- term is a 53-bit hash (see event-terms.ts), so entries are small and filters check the event itself as well.
CREATE TABLE event_term (
  term bigint NOT NULL,
  occurred bigint NOT NULL,
  event_position bigint NOT NULL,
  PRIMARY KEY (term, occurred, event_position)
);

-- Events of committed changes that are not published yet.
CREATE TABLE outbox (
  position bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  event json NOT NULL
);

-- The server itself ------------------------------------------------------------------------------------------------

CREATE TABLE csrf_token (
  id uuid PRIMARY KEY,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  token text NOT NULL,
  client text NOT NULL,
  expiration bigint NOT NULL,
  CONSTRAINT uq_csrf_token__client UNIQUE (client)
);
CREATE INDEX ix_csrf_token__expiration ON csrf_token (expiration);

CREATE TABLE configuration (
  workspace_id uuid NOT NULL,
  key text NOT NULL,
  created bigint NOT NULL,
  updated bigint NOT NULL,
  value json NOT NULL,
  PRIMARY KEY (workspace_id, key)
);
`;
