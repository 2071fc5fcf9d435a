/** Runs many schedules; the first that breaks a promise ends with its seed and how to see it again. */
import { SimulationDatabase } from "./database.ts";
import { runSchedule, type ScheduleReport } from "./schedule.ts";

/** Databases grow slow with what schedules leave behind, and are cheap to make. */
const SCHEDULES_PER_DATABASE = 250;

export interface SimulationReport extends ScheduleReport {
  readonly schedules: number;
}

/** @throws Error that names the failing seed and the command that replays it */
export async function simulate(firstSeed: number, schedules: number): Promise<SimulationReport> {
  const total = { schedules, steps: 0, transitions: 0, kills: 0 };
  for (let begun = 0; begun < schedules; begun += SCHEDULES_PER_DATABASE) {
    const database = await SimulationDatabase.open();
    const here = Math.min(SCHEDULES_PER_DATABASE, schedules - begun);
    for (let index = 0; index < here; index += 1) {
      const report = await runSeed(firstSeed + begun + index, database);
      total.steps += report.steps;
      total.transitions += report.transitions;
      total.kills += report.kills;
    }
    await database.close();
  }
  return total;
}

async function runSeed(seed: number, database: SimulationDatabase): Promise<ScheduleReport> {
  try {
    return await runSchedule(seed, database);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Seed ${seed} failed. ${reason}\nReplay: npm run simulate -- --seed ${seed}`, {
      cause: error,
    });
  }
}
