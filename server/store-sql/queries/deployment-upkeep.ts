/** Which deployments background services have to look at, in every workspace. */
import type { DeploymentId, Timestamp } from "@sluice/schemas";
import { type RawBuilder, sql } from "kysely";
import type { DeploymentReference, ScheduleHorizon } from "../../store/deployments.ts";
import type { Session } from "../dialect.ts";

interface IdPage {
  readonly after: DeploymentId | null;
  readonly limit: number;
}

export function selectToSchedule(
  session: Session,
  { now, until, minimumRuns }: ScheduleHorizon,
  page: IdPage,
): Promise<DeploymentReference[]> {
  const creator = session.dialect.jsonText(sql.ref<string | null>("flow_run.created_by"), "id");
  // The runs ahead: expected and next start of a run that its schedule made are the same, and the former is indexed.
  const runsAhead = sql`SELECT count(*) FROM flow_run
    WHERE flow_run.deployment_id = deployment.id AND flow_run.expected_start_time > ${now}
      AND flow_run.state_type = 'SCHEDULED' AND flow_run.auto_scheduled
      AND ${creator} = CAST(schedule.id AS TEXT)
    HAVING count(*) >= ${minimumRuns} AND max(flow_run.next_scheduled_start_time) >= ${until}`;
  return selectPage(session, sql`NOT EXISTS (${runsAhead})`, page);
}

export function selectChanged(
  session: Session,
  since: Timestamp,
  page: IdPage,
): Promise<DeploymentReference[]> {
  return selectPage(session, sql`deployment.updated >= ${since}`, page);
}

/** Deployments that are not paused with an active schedule for which the condition holds. */
async function selectPage(
  { db }: Session,
  condition: RawBuilder<unknown>,
  { after, limit }: IdPage,
): Promise<DeploymentReference[]> {
  const isAfter = after === null ? sql`1 = 1` : sql`deployment.id > ${after}`;
  const { rows } =
    await sql<DeploymentReference>`SELECT deployment.id, deployment.workspace_id FROM deployment
    WHERE NOT deployment.paused AND ${isAfter} AND EXISTS (SELECT 1 FROM deployment_schedule AS schedule
      WHERE schedule.deployment_id = deployment.id AND schedule.active AND ${condition})
    ORDER BY deployment.id LIMIT ${limit}`.execute(db);
  return rows;
}

export async function selectUnpolled(
  { db }: Session,
  before: Timestamp,
  limit: number,
): Promise<DeploymentReference[]> {
  const { rows } = await sql<DeploymentReference>`SELECT deployment.id, deployment.workspace_id
    FROM deployment LEFT JOIN work_queue ON work_queue.id = deployment.work_queue_id
    WHERE deployment.status = 'READY' AND deployment.last_polled < ${before}
      AND (work_queue.last_polled IS NULL OR work_queue.last_polled < ${before})
    ORDER BY deployment.id LIMIT ${limit}`.execute(db);
  return rows;
}
