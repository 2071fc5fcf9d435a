/** What every command gets: where to write, the time, and chance. */
import type { Timestamp } from "@sluice/schemas";
import type { Store } from "../store/store.ts";
import type { RunWriter } from "./run-writer.ts";

export interface CommandContext {
  readonly store: Store;
  /** The present moment, to the microsecond as far as the machine tells it. */
  readonly now: () => Timestamp;
  /** Uniform in [0, 1): for invented names and jitter, never for secrets. */
  readonly random: () => number;
  /** Creates runs and changes their states, in groups. */
  readonly runs: RunWriter;
}
