/** A background service: something to look after at intervals. Each is safe to run in several processes at once. */
import type { Timestamp } from "@sluice/schemas";

export interface Service {
  /** Short and stable: it names the service in settings, logs and metrics. */
  readonly name: string;
  /** Time from the end of one pass to the beginning of the next. */
  readonly intervalMs: number;
  /**
   * Makes one pass. Answers "more" when it left work behind, and is called again at once. Should look at `signal`
   * between units of work and return early when it is aborted.
   */
  run(now: Timestamp, signal: AbortSignal): Promise<"more" | undefined>;
}
