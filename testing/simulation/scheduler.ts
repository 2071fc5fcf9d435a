/**
 * Decides who goes on next. Everything that runs in a simulation stops at gates: before each store operation, before
 * and after each commit, between a client's actions. When all have stopped, one gate is opened at random.
 */
import type { Random } from "./random.ts";

/** What a process's work in a transaction fails with when the process is killed; rolls the transaction back. */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
}

export interface GateOwner {
  readonly isDead: boolean;
}

interface Gate {
  readonly owner: GateOwner;
  readonly open: () => void;
  readonly fail: ((error: ProcessKilled) => void) | null;
}

export class Scheduler {
  readonly #random: Random;
  readonly #beforeStep: () => void;
  #gates: Gate[] = [];
  /** Gates opened so far: where in the schedule we are. */
  steps = 0;

  /** @param beforeStep lets time pass and disasters happen */
  constructor(random: Random, beforeStep: () => void) {
    this.#random = random;
    this.#beforeStep = beforeStep;
  }

  /** Stops until chosen. A dead owner stops for ever. */
  pass(owner: GateOwner): Promise<void> {
    return new Promise((open) => this.#gates.push({ owner, open, fail: null }));
  }

  /** As {@link pass}, inside of a transaction: the end of the owner fails, so that the transaction is rolled back. */
  passOrFail(owner: GateOwner): Promise<void> {
    return new Promise((open, fail) => this.#gates.push({ owner, open, fail }));
  }

  /** Runs until nobody stands at a gate any more. @throws Error past `maximumSteps`, which means a livelock */
  async run(maximumSteps: number): Promise<void> {
    for (;;) {
      await settled();
      if (this.#gates.length === 0) return;
      if (this.steps >= maximumSteps) throw new Error(`Still not done after ${maximumSteps} steps.`);
      this.steps += 1;
      this.#beforeStep();
      this.#buryDead();
      if (this.#gates.length === 0) continue;
      const [gate] = this.#gates.splice(this.#random.below(this.#gates.length), 1);
      gate?.open();
    }
  }

  #buryDead(): void {
    const dead = this.#gates.filter(({ owner }) => owner.isDead);
    if (dead.length === 0) return;
    this.#gates = this.#gates.filter(({ owner }) => !owner.isDead);
    for (const { fail } of dead) fail?.(new ProcessKilled("The process was killed."));
  }
}

/**
 * Resolves when all that could go on by itself has: no code under simulation waits for anything but gates and, in the
 * batcher, the end of a turn of the event loop. What a turn sets off may ask for one more.
 */
async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const TURNS = 3;
