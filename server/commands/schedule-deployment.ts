/** Making the runs that a deployment's schedules ask for (protocol section 5.3). */
import {
  addSeconds,
  DEFAULT_FLOW_RUN_POLICY,
  type DeploymentId,
  type FlowRunId,
  NO_TIME,
  newId,
  type Schedule,
  type State,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import { occurrences } from "../orchestration/schedules/occurrences.ts";
import { zonedText } from "../orchestration/schedules/zoned-text.ts";
import type { Deployment, DeploymentSchedule } from "../store/deployments.ts";
import type { NewFlowRun } from "../store/flow-runs.ts";
import type { CommandContext } from "./context.ts";
import { inventName } from "./random-names.ts";

/** How far ahead runs are made (protocol section 5.3). */
export const SCHEDULING = {
  minimumRuns: 3,
  maximumRuns: 100,
  /** Runs are made until at least this far ahead… */
  minimumSeconds: 3600,
  /** …and never further. */
  maximumSeconds: 100 * 86_400,
} as const;

/** A stretch of time to make runs in; what is absent is as the scheduler has it. */
export interface SchedulingRange {
  readonly start_time?: Timestamp | undefined;
  readonly end_time?: Timestamp | undefined;
  /** Seconds after the start. */
  readonly min_time?: number | undefined;
  readonly min_runs?: number | undefined;
  readonly max_runs?: number | undefined;
}

/**
 * Makes the runs of a deployment's active schedules in a range, each once however often it is asked for. Unknown and
 * deleted deployments have none. Such runs are not told as events; they pass no rules. Returns those that were made.
 *
 * @param evenIfPaused false for the scheduler, which may come a moment after a deployment was paused
 */
export async function scheduleDeployment(
  context: CommandContext,
  workspaceId: WorkspaceId,
  id: DeploymentId,
  range: SchedulingRange = {},
  { evenIfPaused }: { readonly evenIfPaused: boolean } = { evenIfPaused: true },
): Promise<FlowRunId[]> {
  return await context.store.transaction(async (tx) => {
    // Under its lock: whoever changes the deployment deletes what was made from it before.
    const deployment = await tx.deployments.lock(workspaceId, id);
    if (!deployment || (deployment.paused && !evenIfPaused)) return [];
    const runs = scheduledRuns(deployment, range, context);
    if (runs.length === 0) return [];
    const answers = await tx.flowRuns.create(runs);
    return answers.filter(({ created }) => created).map(({ run }) => run.id);
  });
}

function scheduledRuns(
  deployment: Deployment,
  range: SchedulingRange,
  { now, random }: Pick<CommandContext, "now" | "random">,
): NewFlowRun[] {
  const moment = now();
  return deployment.schedules
    .filter(({ active }) => active)
    .flatMap((schedule) =>
      datesOf(schedule.schedule, range, moment).map((date) =>
        scheduledRun(deployment, schedule, date, { moment, name: inventName(random) }),
      ),
    );
}

function datesOf(schedule: Schedule, range: SchedulingRange, now: Timestamp): Timestamp[] {
  const from = range.start_time ?? now;
  const to = range.end_time ?? addSeconds(from, SCHEDULING.maximumSeconds);
  const enough = addSeconds(from, range.min_time ?? SCHEDULING.minimumSeconds);
  const minimum = range.min_runs ?? SCHEDULING.minimumRuns;
  const dates: Timestamp[] = [];
  for (const date of occurrences(schedule, { from, to, limit: range.max_runs ?? SCHEDULING.maximumRuns })) {
    dates.push(date);
    if (dates.length >= minimum && date >= enough) break;
  }
  return dates;
}

function scheduledRun(
  deployment: Deployment,
  schedule: DeploymentSchedule,
  date: Timestamp,
  { moment, name }: { readonly moment: Timestamp; readonly name: string },
): NewFlowRun {
  const { id, workspace_id, flow_id } = deployment;
  return {
    id: newId(),
    workspace_id,
    created: moment,
    updated: moment,
    created_by: {
      // A schedule is a creator like any other.
      id: schedule.id as string as NonNullable<NonNullable<NewFlowRun["created_by"]>["id"]>,
      type: "SCHEDULE",
      display_value: schedule.slug || kindOf(schedule.schedule),
    },
    updated_by: null,
    name,
    flow_id,
    flow_version: null,
    deployment_id: id,
    deployment_version: deployment.version,
    work_queue_id: deployment.work_queue_id,
    work_queue_name: deployment.work_queue_name,
    parameters: { ...deployment.parameters, ...schedule.parameters },
    // The date as the schedule's clock shows it. Runs are made once by this text, so it must never change.
    idempotency_key: `scheduled ${id} ${schedule.id} ${zonedText(date, schedule.schedule.timezone)}`,
    context: {},
    empirical_policy: DEFAULT_FLOW_RUN_POLICY,
    tags: ["auto-scheduled", ...deployment.tags],
    labels: { ...deployment.labels, "prefect.flow.id": flow_id, "prefect.deployment.id": id },
    parent_task_run_id: null,
    auto_scheduled: true,
    infrastructure_document_id: deployment.infrastructure_document_id,
    infrastructure_pid: null,
    job_variables: {},
    run_count: 0,
    expected_start_time: date,
    next_scheduled_start_time: date,
    start_time: null,
    end_time: null,
    total_run_time: NO_TIME,
    attempt: 0,
    state: scheduledState(date, moment),
  };
}

function scheduledState(date: Timestamp, moment: Timestamp): State {
  return {
    id: newId(),
    type: "SCHEDULED",
    name: "Scheduled",
    timestamp: moment,
    message: "Flow run scheduled",
    data: null,
    state_details: { scheduled_time: date },
  };
}

function kindOf(schedule: Schedule): string {
  if ("interval" in schedule) return "IntervalSchedule";
  return "cron" in schedule ? "CronSchedule" : "RRuleSchedule";
}
