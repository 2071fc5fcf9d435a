/**
 * A WebSocket as the streams need it. There are two: `ws` in Node, which can ping, and the browser's own, which can't.
 */

export interface SocketOptions {
  readonly url: string;
  /** Offered subprotocols. */
  readonly protocols: readonly string[];
  /** Browsers can't set headers and leave them out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until an open connection. */
  readonly openTimeoutMs: number;
}

export interface SocketHandlers {
  /** `headers` of the server's answer to the upgrade, by lower-case name; empty in browsers. */
  onOpen(headers: Readonly<Record<string, string | undefined>>): void;
  onMessage(text: string): void;
  onPong(payload: string): void;
  /** Called once, also when the connection could not be opened. */
  onClose(end: SocketEnd): void;
}

export interface SocketEnd {
  /** Close code; 1006 when the connection just broke. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status with which the server refused the upgrade. */
  readonly httpStatus: number | null;
  readonly error: unknown;
}

export interface Socket {
  /** False in browsers, where {@link ping} does nothing. */
  readonly canPing: boolean;
  /** Bytes handed over and not yet on the network. */
  readonly bufferedBytes: number;
  send(text: string): void;
  ping(payload: string): void;
  /** Says goodbye and closes. */
  close(code?: number): void;
  /** Drops the connection at once. */
  terminate(): void;
  /** Whether the open connection keeps the process alive; it does at first. */
  setKeepsAlive(keepsAlive: boolean): void;
}

export type OpenSocket = (options: SocketOptions, handlers: SocketHandlers) => Socket;
