/** The fields of each object's filter, as the contract names them (protocol section 1, filtering conventions). */
import { type SqlBool, sql } from "kysely";
import { parseTextQuery } from "@sluice/schemas";
import type { SqlDialect } from "../dialect.ts";
import {
  type Condition,
  type Criteria,
  type FilterFields,
  joinConditions,
  nested,
  scalar,
  stringsOf,
  tags,
} from "./criteria.ts";

export const FLOW_FIELDS: FilterFields = {
  id: scalar("flow.id", "uuid"),
  name: scalar("flow.name", "text"),
  tags: tags("flow.tags"),
  deployment: (criteria) => {
    const isNull = criteria["is_null_"];
    if (isNull === null || isNull === undefined) return [];
    const exists = sql<SqlBool>`EXISTS (SELECT 1 FROM deployment AS of_flow WHERE of_flow.flow_id = flow.id)`;
    return [isNull ? sql<SqlBool>`NOT ${exists}` : exists];
  },
};

export const FLOW_RUN_FIELDS: FilterFields = {
  id: scalar("flow_run.id", "uuid"),
  name: scalar("flow_run.name", "text"),
  tags: tags("flow_run.tags"),
  deployment_id: scalar("flow_run.deployment_id", "uuid"),
  work_queue_name: scalar("flow_run.work_queue_name", "text"),
  state: nested({
    type: scalar("flow_run.state_type", "text"),
    name: scalar("flow_run.state_name", "text"),
  }),
  flow_version: scalar("flow_run.flow_version", "text"),
  // Bounds look at the expected start of a run that has not started; `is_null_` asks whether it has.
  start_time: scalar("flow_run.start_time", "bigint", {
    bounded: sql`coalesce(flow_run.start_time, flow_run.expected_start_time)`,
  }),
  end_time: scalar("flow_run.end_time", "bigint"),
  expected_start_time: scalar("flow_run.expected_start_time", "bigint"),
  next_scheduled_start_time: scalar("flow_run.next_scheduled_start_time", "bigint"),
  parent_flow_run_id: (criteria, dialect) =>
    given(criteria, "any_", (values) => {
      const inParents = dialect.inList(sql.ref("tracking.flow_run_id"), "uuid", stringsOf(values));
      return sql<SqlBool>`flow_run.parent_task_run_id IN
        (SELECT tracking.id FROM task_run AS tracking WHERE ${inParents})`;
    }),
  parent_task_run_id: scalar("flow_run.parent_task_run_id", "uuid"),
  idempotency_key: scalar("flow_run.idempotency_key", "text"),
  created_by: (criteria, dialect) => {
    const actor = sql.ref<string | null>("flow_run.created_by");
    return [
      ...given(criteria, "id_", (ids) =>
        dialect.inList(dialect.jsonText(actor, "id"), "text", stringsOf(ids)),
      ),
      ...given(criteria, "type_", (types) =>
        dialect.inList(dialect.jsonText(actor, "type"), "text", stringsOf(types)),
      ),
      ...given(criteria, "is_null_", (isNull) =>
        isNull ? sql<SqlBool>`${actor} IS NULL` : sql<SqlBool>`${actor} IS NOT NULL`,
      ),
    ];
  },
};

export const TASK_RUN_FIELDS: FilterFields = {
  id: scalar("task_run.id", "uuid"),
  name: scalar("task_run.name", "text"),
  tags: tags("task_run.tags"),
  state: nested({
    type: scalar("task_run.state_type", "text"),
    name: scalar("task_run.state_name", "text"),
  }),
  start_time: scalar("task_run.start_time", "bigint"),
  end_time: scalar("task_run.end_time", "bigint"),
  expected_start_time: scalar("task_run.expected_start_time", "bigint"),
  subflow_runs: (criteria) =>
    given(criteria, "exists_", (exists) => {
      const subflowRun = sql<SqlBool>`EXISTS
        (SELECT 1 FROM flow_run AS subflow WHERE subflow.parent_task_run_id = task_run.id)`;
      return exists ? subflowRun : sql<SqlBool>`NOT ${subflowRun}`;
    }),
  // Unlike elsewhere `is_null_: true` overrides `any_`, and `any_` overrides `is_null_: false`.
  flow_run_id: (criteria, dialect) => {
    const { is_null_: isNull, any_: values } = criteria;
    if (isNull === true) return [sql<SqlBool>`task_run.flow_run_id IS NULL`];
    if (values !== null && values !== undefined) {
      return [dialect.inList(sql.ref("task_run.flow_run_id"), "uuid", stringsOf(values))];
    }
    return isNull === false ? [sql<SqlBool>`task_run.flow_run_id IS NOT NULL`] : [];
  },
};

export const DEPLOYMENT_FIELDS: FilterFields = {
  id: scalar("deployment.id", "uuid"),
  name: scalar("deployment.name", "text"),
  flow_or_deployment_name: (criteria, dialect) => {
    const like = criteria["like_"];
    if (typeof like !== "string" || like === "") return [];
    const inFlowName = dialect.like(sql.ref<string>("named.name"), `%${like}%`);
    return [
      sql<SqlBool>`(${dialect.like(sql.ref<string>("deployment.name"), `%${like}%`)} OR EXISTS
        (SELECT 1 FROM flow AS named WHERE named.id = deployment.flow_id AND ${inFlowName}))`,
    ];
  },
  paused: scalar("deployment.paused", "boolean"),
  tags: tags("deployment.tags"),
  work_queue_name: scalar("deployment.work_queue_name", "text"),
  // `concurrency_limit` is accepted and has no effect, as upstream.
};

export const WORK_POOL_FIELDS: FilterFields = {
  id: scalar("work_pool.id", "uuid"),
  name: scalar("work_pool.name", "text"),
  type: scalar("work_pool.type", "text"),
};

export const WORK_QUEUE_FIELDS: FilterFields = {
  id: scalar("work_queue.id", "uuid"),
  name: scalar("work_queue.name", "text"),
};

export const WORKER_FIELDS: FilterFields = {
  last_heartbeat_time: scalar("worker.last_heartbeat_time", "bigint"),
  status: scalar("worker.status", "text"),
};

export const LOG_FIELDS: FilterFields = {
  level: scalar("log.level", "integer"),
  timestamp: scalar("log.timestamp", "bigint"),
  flow_run_id: scalar("log.flow_run_id", "uuid"),
  task_run_id: scalar("log.task_run_id", "uuid"),
  text: (criteria, dialect) =>
    textConditions(sql<string>`(log.message || ' ' || log.name)`, criteria["query"], dialect),
};

export const ARTIFACT_FIELDS: FilterFields = {
  id: scalar("artifact.id", "uuid"),
  key: scalar("artifact.key", "text"),
  flow_run_id: scalar("artifact.flow_run_id", "uuid"),
  task_run_id: scalar("artifact.task_run_id", "uuid"),
  type: scalar("artifact.type", "text"),
};

/** A collection is looked at through its newest artifact. */
export const ARTIFACT_COLLECTION_FIELDS: FilterFields = {
  latest_id: scalar("collection.latest_id", "uuid"),
  key: scalar("collection.key", "text"),
  flow_run_id: scalar("artifact.flow_run_id", "uuid"),
  task_run_id: scalar("artifact.task_run_id", "uuid"),
  type: scalar("artifact.type", "text"),
};

export const VARIABLE_FIELDS: FilterFields = {
  id: scalar("variable.id", "uuid"),
  name: scalar("variable.name", "text"),
  tags: tags("variable.tags"),
};

export const BLOCK_TYPE_FIELDS: FilterFields = {
  name: scalar("block_type.name", "text"),
  slug: scalar("block_type.slug", "text"),
};

export const BLOCK_SCHEMA_FIELDS: FilterFields = {
  block_type_id: scalar("block_schema.block_type_id", "uuid"),
  block_capabilities: tags("block_schema.capabilities"),
  id: scalar("block_schema.id", "uuid"),
  version: scalar("block_schema.version", "text"),
};

export const BLOCK_DOCUMENT_FIELDS: FilterFields = {
  id: scalar("block_document.id", "uuid"),
  is_anonymous: scalar("block_document.is_anonymous", "boolean"),
  block_type_id: scalar("block_document.block_type_id", "uuid"),
  name: scalar("block_document.name", "text"),
};

/** A text search (protocol section 7.6) over one text; an empty query is no constraint. */
export function textConditions(
  text: ReturnType<typeof sql<string>>,
  query: unknown,
  dialect: SqlDialect,
): Condition[] {
  if (typeof query !== "string") return [];
  const { anyOf, noneOf, allOf } = parseTextQuery(query);
  const occurs = (term: string): Condition => dialect.containsText(text, term);
  return [
    ...(anyOf.length > 0 ? [joinConditions("or_", anyOf.map(occurs))] : []),
    ...noneOf.map((term) => sql<SqlBool>`NOT ${occurs(term)}`),
    ...allOf.map(occurs),
  ];
}

function given(criteria: Criteria, name: string, test: (value: unknown) => Condition): Condition[] {
  const value = criteria[name];
  return value === null || value === undefined ? [] : [test(value)];
}
