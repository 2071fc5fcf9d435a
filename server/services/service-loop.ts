/**
 * Runs one service: pass, pause, pass.
 *
 * 1. Passes never overlap: the pause begins when a pass has ended.
 * 2. Pauses vary by a tenth, so that processes which started together don't stay in step.
 * 3. A pass that throws is followed by longer and longer pauses. The first failure of a row is logged as an error, the
 *    rest quietly, and the end of the row once more.
 * 4. After `stop` resolves, no pass is under way and none will begin.
 */
import type { Timestamp } from "@sluice/schemas";
import type { Service } from "./service.ts";

export interface ServiceLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface ServiceLoopDependencies {
  readonly now: () => Timestamp;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: ServiceLog;
  /** Is told of every pass, for metrics. */
  readonly observe?: (pass: {
    readonly service: string;
    readonly seconds: number;
    readonly failed: boolean;
  }) => void;
}

const JITTER = 0.1;
/** The first pass comes within this time, so that a start is not a thundering herd. */
const FIRST_PASS_WITHIN_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;

export class ServiceLoop {
  readonly #service: Service;
  readonly #dependencies: ServiceLoopDependencies;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #pass: Promise<void> | null = null;
  #failures = 0;

  constructor(service: Service, dependencies: ServiceLoopDependencies) {
    this.#service = service;
    this.#dependencies = dependencies;
  }

  start(): void {
    if (this.#timer || this.#pass || this.#stopping.signal.aborted) return;
    this.#schedule(this.#dependencies.random() * Math.min(FIRST_PASS_WITHIN_MS, this.#service.intervalMs));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#pass;
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#pass = this.#makePass();
    }, delayMs);
    // A service alone is no reason for the process to live.
    this.#timer.unref();
  }

  async #makePass(): Promise<void> {
    const { now, observe } = this.#dependencies;
    const begin = performance.now();
    let outcome: "more" | undefined;
    let failed = false;
    try {
      outcome = await this.#service.run(now(), this.#stopping.signal);
      this.#reportRecovery();
    } catch (error) {
      failed = true;
      this.#reportFailure(error);
    }
    observe?.({ service: this.#service.name, seconds: (performance.now() - begin) / 1000, failed });
    this.#pass = null;
    if (!this.#stopping.signal.aborted) this.#schedule(outcome === "more" ? 0 : this.#pauseMs());
  }

  #pauseMs(): number {
    const { intervalMs } = this.#service;
    const spread = 1 + JITTER * (2 * this.#dependencies.random() - 1);
    const backoff = Math.min(intervalMs * 2 ** this.#failures, Math.max(LONGEST_BACKOFF_MS, intervalMs));
    return backoff * spread;
  }

  #reportFailure(error: unknown): void {
    this.#failures += 1;
    const fields = { err: error, service: this.#service.name, failures: this.#failures };
    if (this.#failures === 1)
      this.#dependencies.log.error(fields, "A background service failed; it goes on trying");
    else this.#dependencies.log.debug(fields, "A background service failed again");
  }

  #reportRecovery(): void {
    if (this.#failures === 0) return;
    const fields = { service: this.#service.name, failures: this.#failures };
    this.#dependencies.log.info(fields, "A background service works again");
    this.#failures = 0;
  }
}
