import { durationToSeconds, formatTimestamp, type Schedule } from "@sluice/schemas";
import type { DeploymentSchedule } from "../../store/deployments.ts";

export function presentDeploymentSchedule(schedule: DeploymentSchedule) {
  return {
    id: schedule.id,
    created: formatTimestamp(schedule.created),
    updated: formatTimestamp(schedule.updated),
    deployment_id: schedule.deployment_id,
    schedule: presentSchedule(schedule.schedule),
    active: schedule.active,
    max_scheduled_runs: schedule.max_scheduled_runs,
    parameters: schedule.parameters,
    slug: schedule.slug,
  };
}

function presentSchedule(schedule: Schedule) {
  if (!("interval" in schedule)) return schedule;
  return {
    interval: durationToSeconds(schedule.interval),
    anchor_date: formatTimestamp(schedule.anchor_date),
    timezone: schedule.timezone,
  };
}
