import type * as contract from "@sluice/schemas";
import type { FlowRunId, LogId, LogSort, WorkspaceId } from "@sluice/schemas";
import type { Page } from "./common.ts";
import type { LogFilter } from "./filters.ts";

export interface Log extends contract.Log {
  readonly workspace_id: WorkspaceId;
}

export interface LogReads {
  /** The lines of these ids that are there, in any order. */
  readMany(workspaceId: WorkspaceId, ids: readonly LogId[]): Promise<Log[]>;
  list(
    workspaceId: WorkspaceId,
    query: { readonly filter: LogFilter; readonly sort: LogSort } & Page,
  ): Promise<Log[]>;
  /**
   * A flow run's logs from the oldest, for downloads of any length: pass the last log of the page before as `after`.
   * Cost doesn't grow with the position.
   */
  listPage(
    workspaceId: WorkspaceId,
    query: {
      readonly flow_run_id: FlowRunId;
      readonly after: Pick<Log, "id" | "timestamp"> | null;
      readonly limit: number;
    },
  ): Promise<Log[]>;
}

export interface LogWrites {
  /** Inserts in bulk; those whose ids are there already are passed over. Logs of one timestamp keep the order of their ids. */
  insert(logs: readonly Log[]): Promise<void>;
}
