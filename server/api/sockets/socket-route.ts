/** A socket endpoint: where it is, how it listens, and what it does with a client that was let in. */
import type { WorkspaceId } from "@sluice/schemas";
import type { WebSocket } from "ws";
import type { SocketMessages } from "./socket-messages.ts";

export interface SocketRoute {
  /** Path under the API root: `/events/in`; `{name}` stands for one segment. */
  readonly path: string;
  /** A longer message ends the connection with 1009. */
  readonly maxMessageBytes: number;
  /** False: the route answers pings itself. Default true. */
  readonly autoPong?: boolean;
  /** Serves a client after the handshake, until the socket closes. Rejects only on defects: the socket then gets 1011. */
  serve(connection: SocketConnection): Promise<void>;
}

export interface SocketConnection {
  readonly socket: WebSocket;
  readonly messages: SocketMessages;
  /** Pings behind messages that came before the handshake was over; for routes that answer pings themselves. */
  readonly earlyPings: readonly Buffer[];
  readonly workspace_id: WorkspaceId;
  readonly params: Readonly<Record<string, string>>;
  /** Aborted when the server stops: finish, then close with 1012. */
  readonly stopping: AbortSignal;
}
