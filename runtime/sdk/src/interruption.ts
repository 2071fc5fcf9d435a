/**
 * Telling user code to stop. An `AbortSignal` costs more than a no-op task, so it is made when somebody first looks.
 */
import { setMaxListeners } from "node:events";

export class Interruption {
  readonly #parent: Interruption | null;
  #controller: AbortController | null = null;
  #signal: AbortSignal | null = null;
  #reason: Error | null = null;

  constructor(parent: Interruption | null = null) {
    this.#parent = parent;
  }

  /** Aborts when this run, or the run around it, is to stop. */
  get signal(): AbortSignal {
    if (this.#signal) return this.#signal;
    const controller = new AbortController();
    if (this.#reason) controller.abort(this.#reason);
    this.#controller = controller;
    this.#signal = this.#parent
      ? AbortSignal.any([controller.signal, this.#parent.signal])
      : controller.signal;
    // A thousand tasks that wait for their retries listen to the same signal; that is no leak.
    setMaxListeners(0, this.#signal);
    return this.#signal;
  }

  get isAborted(): boolean {
    return this.#reason !== null || (this.#parent?.isAborted ?? false);
  }

  /** Only the first reason counts. */
  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
