/** Deployments as rows: with their flow, their queue and its pool, and their schedules. */
import type { DeploymentId, WorkPoolId, WorkQueueId } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { Deployment, DeploymentRow, DeploymentSchedule } from "../../store/deployments.ts";
import { decodeJson, rowDecoder } from "../codec.ts";
import type { Session } from "../dialect.ts";
import { columnList } from "../select.ts";

const COLUMNS = columnList("deployment", "deployment");
const SCHEDULE_COLUMNS = columnList("deployment_schedule", "deployment_schedule");
const decodeDeployment = rowDecoder<DeploymentRow>("deployment");
const decodeSchedule = rowDecoder<DeploymentSchedule>("deployment_schedule");

interface RelationColumns {
  readonly flow_name: string;
  readonly queue_id: WorkQueueId | null;
  readonly queue_name: string | null;
  readonly pool_id: WorkPoolId | null;
  readonly pool_name: string | null;
  readonly pool_type: string | null;
  readonly pool_template: string | null;
}

/** Reads deployments. @param rest condition and what follows it; the flow is `of_flow` */
export async function selectDeployments(session: Session, rest: RawBuilder<unknown>): Promise<Deployment[]> {
  const { rows } = await sql<RelationColumns>`SELECT ${COLUMNS}, of_flow.name AS flow_name,
      of_queue.id AS queue_id, of_queue.name AS queue_name, of_pool.id AS pool_id, of_pool.name AS pool_name,
      of_pool.type AS pool_type, of_pool.base_job_template AS pool_template
    FROM deployment JOIN flow AS of_flow ON of_flow.id = deployment.flow_id
      LEFT JOIN work_queue AS of_queue ON of_queue.id = deployment.work_queue_id
      LEFT JOIN work_pool AS of_pool ON of_pool.id = of_queue.work_pool_id
    WHERE ${rest}`.execute(session.db);
  if (rows.length === 0) return [];
  const found = rows.map((row) => ({ ...decodeDeployment(row), ...relationsOf(row) }));
  const schedules = await selectSchedules(
    session,
    found.map(({ id }) => id),
  );
  return found.map(({ flow_name, ...deployment }) => ({
    ...deployment,
    flow: { id: deployment.flow_id, name: flow_name },
    schedules: schedules.get(deployment.id) ?? [],
  }));
}

function relationsOf(
  row: RelationColumns,
): Pick<Deployment, "work_queue" | "work_pool"> & { flow_name: string } {
  const { flow_name, queue_id, queue_name, pool_id, pool_name, pool_type, pool_template } = row;
  return {
    flow_name,
    work_queue: queue_id !== null && queue_name !== null ? { id: queue_id, name: queue_name } : null,
    work_pool:
      pool_id !== null && pool_name !== null && pool_type !== null
        ? {
            id: pool_id,
            name: pool_name,
            type: pool_type,
            // Written as an object by the commands of work pools.
            base_job_template: decodeJson(pool_template) as Record<string, unknown>,
          }
        : null,
  };
}

async function selectSchedules(
  { db, dialect }: Session,
  ids: readonly DeploymentId[],
): Promise<Map<DeploymentId, DeploymentSchedule[]>> {
  const { rows } = await sql<object>`SELECT ${SCHEDULE_COLUMNS} FROM deployment_schedule
    WHERE ${dialect.inList(sql.ref("deployment_id"), "uuid", ids)}
    ORDER BY updated DESC, id DESC`.execute(db);
  return Map.groupBy(rows.map(decodeSchedule), ({ deployment_id }) => deployment_id);
}
