/**
 * The workspace in a path. `/api/...` is the default workspace; the same API for another one lives under
 * `/api/accounts/{account_id}/workspaces/{workspace_id}/...`, which the edge cuts off before routing.
 */
import { DEFAULT_WORKSPACE_ID, type WorkspaceId } from "@sluice/schemas";

/** The account that holds the default workspace. */
export const DEFAULT_ACCOUNT_ID = "00000000-0000-4000-8000-000000000000";

const PREFIX = /^\/api\/accounts\/([^/?]+)\/workspaces\/([^/?]+)(?=\/|\?|$)/;

export interface WorkspacePath {
  /** Null: there is no such workspace. */
  readonly workspace_id: WorkspaceId | null;
  /** The part of the URL that was cut off; empty for the default workspace's short form. */
  readonly prefix: string;
  /** The URL as `/api/...`. */
  readonly url: string;
}

export function splitWorkspace(url: string): WorkspacePath {
  // Every request passes here: look before using the pattern.
  if (!url.startsWith("/api/accounts/")) return { workspace_id: DEFAULT_WORKSPACE_ID, prefix: "", url };
  const match = PREFIX.exec(url);
  if (!match) return { workspace_id: DEFAULT_WORKSPACE_ID, prefix: "", url };
  const isDefault =
    match[1]?.toLowerCase() === DEFAULT_ACCOUNT_ID && match[2]?.toLowerCase() === DEFAULT_WORKSPACE_ID;
  return {
    workspace_id: isDefault ? DEFAULT_WORKSPACE_ID : null,
    prefix: match[0].slice("/api".length),
    url: `/api${url.slice(match[0].length)}`,
  };
}
