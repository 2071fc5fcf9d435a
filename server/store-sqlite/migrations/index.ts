import type { Migration } from "../../store-sql/migrator.ts";
import { initial } from "./0001-initial.ts";
import { decayingSlots } from "./0002-decaying-slots.ts";
import { taskQueue } from "./0040-task-queue.ts";
import { waitingRuns } from "./0041-waiting-runs.ts";

/** In order; a published one never changes. */
export const migrations: readonly Migration[] = [
  { name: "initial", sql: initial },
  { name: "decaying-slots", sql: decayingSlots },
  { name: "task-queue", sql: taskQueue },
  { name: "waiting-runs", sql: waitingRuns },
];
