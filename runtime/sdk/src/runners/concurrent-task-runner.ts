/** The default runner: tasks share this process's event loop. */
import pLimit, { type LimitFunction } from "p-limit";
import type { TaskRunner } from "./task-runner.ts";

export interface ConcurrentTaskRunnerOptions {
  /** How many submitted tasks may run at once. Default 1000. */
  readonly maxConcurrency?: number;
}

/**
 * Runs submitted tasks in this process, at most `maxConcurrency` at once. A task waits for its inputs before it takes
 * its place, so tasks that depend on each other can't block each other. Tasks submitted by running tasks have a limit
 * of their own per level of nesting, for the same reason.
 */
export class ConcurrentTaskRunner implements TaskRunner {
  readonly #maxConcurrency: number;
  readonly #limits: LimitFunction[] = [];

  constructor(options: ConcurrentTaskRunnerOptions = {}) {
    this.#maxConcurrency = options.maxConcurrency ?? 1000;
  }

  duplicate(): ConcurrentTaskRunner {
    return new ConcurrentTaskRunner({ maxConcurrency: this.#maxConcurrency });
  }

  admit<T>(body: () => Promise<T>, depth: number): Promise<T> {
    this.#limits[depth] ??= pLimit(this.#maxConcurrency);
    return this.#limits[depth](body);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
