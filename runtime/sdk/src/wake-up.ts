/** Waiting for something that is looked at from time to time, and at once when somebody says so. */
import { callAfter } from "./clock.ts";

/** Reset it, look, then wait: a call that comes between looking and waiting isn't lost. */
export class WakeUp {
  #wasCalled = false;
  #wake: (() => void) | null = null;

  call(): void {
    this.#wasCalled = true;
    this.#wake?.();
  }

  reset(): void {
    this.#wasCalled = false;
  }

  /** Resolves when called, if called since the reset, or after `seconds`. @throws the signal's reason */
  async wait(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#wasCalled) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        signal?.removeEventListener("abort", wake);
        this.#wake = null;
        resolve();
      };
      const cancel = callAfter(seconds, wake);
      signal?.addEventListener("abort", wake, { once: true });
      this.#wake = wake;
    });
    signal?.throwIfAborted();
  }
}
