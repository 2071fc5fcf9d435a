/** One schedule: a seed decides who does what, in which order, and what goes wrong. */
import {
  type Client,
  parentFlow,
  person,
  scheduler,
  script,
  service,
  taggedTask,
  worker,
  rush,
} from "./clients.ts";
import type { SimulationDatabase } from "./database.ts";
import { checkInvariants } from "./invariants.ts";
import { Random } from "./random.ts";
import { World } from "./world.ts";

/** Far more than any schedule takes. */
const MAXIMUM_STEPS = 20_000;

const CLIENTS: readonly (readonly [weight: number, client: Client])[] = [
  [4, script],
  [3, scheduler],
  [4, worker],
  [4, person],
  [2, service],
  [1, rush],
  [1, parentFlow],
  [2, taggedTask],
];

export interface ScheduleReport {
  readonly steps: number;
  readonly transitions: number;
  readonly kills: number;
}

/** @throws BrokenInvariant, or whatever the server threw */
export async function runSchedule(seed: number, database: SimulationDatabase): Promise<ScheduleReport> {
  const random = new Random(seed);
  const world = await World.make(random, database);
  const others = Array.from({ length: random.between(2, 6) }, () => random.weighted(CLIENTS));
  const clients = [random.pick([script, scheduler]), ...others];
  const lives = Promise.all(clients.map((client) => client(world)));
  // A client that fails ends the schedule when its turn comes to be awaited; until then it is not unhandled.
  lives.catch(() => undefined);
  await world.scheduler.run(MAXIMUM_STEPS);
  await lives;
  await checkInvariants(world);
  await world.clear();
  return {
    steps: world.scheduler.steps,
    transitions: world.journal.acknowledged.length,
    kills: world.kills,
  };
}
