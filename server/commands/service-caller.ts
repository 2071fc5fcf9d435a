import type { WorkspaceId } from "@sluice/schemas";
import { SYSTEM } from "../access/actor.ts";
import type { Caller } from "./caller.ts";

/** The server itself, when a background service changes a run. */
export function serviceCaller(workspace_id: WorkspaceId): Caller {
  return { workspace_id, actor: SYSTEM, client_version: null, attempt: null };
}
