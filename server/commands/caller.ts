/** On whose behalf a command acts. */
import type { WorkspaceId } from "@sluice/schemas";
import type { Actor } from "../access/actor.ts";
import type { Actor as StoredActor } from "../store/common.ts";

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
