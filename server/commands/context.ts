/** What every command gets: where to write, the time, and who asks. */
import type { Timestamp, WorkspaceId } from "@sluice/schemas";
import type { Actor } from "../access/actor.ts";
import type { Actor as StoredActor } from "../store/common.ts";
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

/** On whose behalf a command acts. */
export interface Caller {
  readonly workspace_id: WorkspaceId;
  readonly actor: Actor;
  /** Version of a stock client; null when unknown. */
  readonly client_version: string | null;
  /** The execution attempt the caller states; null: not fenced. */
  readonly attempt: number | null;
}

/** The actor as rows keep and responses show it; an anonymous caller leaves no trace, as the contract has it. */
export function storedActor({ actor }: Pick<Caller, "actor">): StoredActor | null {
  return actor.type === "ANONYMOUS" ? null : actor;
}
