/** What every command gets: where to write, the time, and chance. */
import type { Timestamp } from "@sluice/schemas";
import type { Store } from "../store/store.ts";
import type { RunWriter } from "./run-writer.ts";
import type { SecretBox } from "./secret-box.ts";

export interface CommandContext {
  readonly store: Store;
  /** The present moment, to the microsecond as far as the machine tells it. */
  readonly now: () => Timestamp;
  /** Uniform in [0, 1): for invented names and jitter, never for secrets. */
  readonly random: () => number;
  /** What block documents are sealed with; found when it is first needed. */
  readonly secrets: () => Promise<SecretBox>;
  /** Creates runs and changes their states, in groups. */
  readonly runs: RunWriter;
}
