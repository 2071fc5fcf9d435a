/** One request after the edge is done with it: who calls, for which workspace, with which stated versions. */
import type { WorkspaceId } from "@sluice/schemas";
import type { Actor } from "../../access/actor.ts";
import type { VersionNumbers } from "../../access/client-versions.ts";

export interface Call {
  readonly workspace_id: WorkspaceId;
  readonly actor: Actor;
  /** Of `X-PREFECT-API-VERSION`; null: the client stated none and counts as the latest. */
  readonly api_version: VersionNumbers | null;
  /** Of a stock client's `User-Agent`; null when unknown. */
  readonly client_version: string | null;
  /** The execution attempt our own SDK and workers state with every write; null: not fenced. */
  readonly attempt: number | null;
  /** True for a request of the screen, which only looks: `X-Prefect-UI`. */
  readonly is_from_ui: boolean;
  readonly request_id: string;
  /** Scheme, host and API root as the client sees them, for absolute links: `http://127.0.0.1:4200/api`. */
  readonly api_url: string;
}
