import type { Timestamp, WorkspaceId } from "@sluice/schemas";

/** Small settings kept in the database, e.g. the default result storage: JSON by key. */
export interface ConfigurationReads {
  read(workspaceId: WorkspaceId, key: string): Promise<unknown>;
}

export interface ConfigurationWrites {
  put(workspaceId: WorkspaceId, key: string, value: unknown, now: Timestamp): Promise<void>;
  /** Writes only if the key has no value; returns the value that holds afterwards. */
  putIfAbsent(workspaceId: WorkspaceId, key: string, value: unknown, now: Timestamp): Promise<unknown>;
  delete(workspaceId: WorkspaceId, key: string): Promise<boolean>;
}
