/** What the routes stand on; the composition root provides it. */
import type { EventInput, LogCreate } from "@sluice/schemas";
import type { Caller } from "../commands/caller.ts";
import type { CommandContext } from "../commands/context.ts";

export interface ApiServices {
  readonly context: CommandContext;
  readonly intake: Intake;
  readonly settings: ApiSettings;
}

export interface ApiSettings {
  /** Largest `parameters` of a flow run, bytes of JSON. */
  readonly maxParameterBytes: number;
  /** Null: CSRF protection is off. */
  readonly csrfTokenLifetimeSeconds: number | null;
  /** The settings that `GET /admin/settings` shows, secrets masked. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export type Sender = Pick<Caller, "workspace_id">;

/** Where what clients send in bulk goes: kept once the promise resolves, and streamed to those who listen. */
export interface Intake {
  addLogs(sender: Sender, logs: readonly LogCreate[]): Promise<void>;
  addEvents(sender: Sender, events: readonly EventInput[]): Promise<void>;
}
