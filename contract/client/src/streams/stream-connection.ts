/**
 * An open stream: the socket with its handshake done (protocol section 7.5).
 *
 * `→ {"type":"auth","token":…}` `← {"type":"auth_success"}`; from then on the stream belongs to its user.
 */
import { SLUICE_VERSION_HEADER } from "@sluice/schemas";
import { type ClientError, ServerUnreachable, StreamRefused } from "../errors.ts";
import { describeTrouble } from "../http/connection-errors.ts";
import { streamToken } from "../http/credentials.ts";
import type { HttpConnection } from "../http/http-connection.ts";
import { socketUrl } from "../http/server-address.ts";
// Bundlers for browsers put browser-socket.ts in its place: "browser" in package.json.
import { openSocket } from "./node-socket.ts";
import type { Socket, SocketEnd } from "./socket.ts";

export interface StreamHandlers {
  onMessage(text: string): void;
  onPong?(payload: string): void;
  /** Called once, and only after the stream was open. */
  onClose(end: SocketEnd): void;
}

export interface StreamConnection {
  readonly socket: Socket;
  /** The release of Sluice at the other end, or null when it is another server. */
  readonly sluiceVersion: string | null;
}

export interface StreamOptions {
  readonly path: string;
  /** False for streams that authenticate by header alone. Default true. */
  readonly handshake?: boolean;
  readonly openTimeoutMs?: number;
}

const DEFAULT_OPEN_TIMEOUT_MS = 20_000;

/** Close codes by which a server refuses a stream for good: protocol error, policy violation. */
const REFUSAL_CODES = [1002, 1008];
const REFUSAL_STATUSES = [401, 403, 404];

/**
 * Opens a stream and shakes hands.
 * @throws StreamRefused when the server doesn't want this client, ServerUnreachable when it can't be had
 */
export function openStream(
  connection: HttpConnection,
  options: StreamOptions,
  handlers: StreamHandlers,
): Promise<StreamConnection> {
  const { path, handshake = true, openTimeoutMs = DEFAULT_OPEN_TIMEOUT_MS } = options;
  const url = socketUrl(connection.apiUrl, path);
  return new Promise((resolve, reject) => {
    let isOpen = false;
    let sluiceVersion: string | null = null;
    const timer = setTimeout(() => socket.terminate(), openTimeoutMs);
    const finish = () => {
      isOpen = true;
      clearTimeout(timer);
      resolve({ socket, sluiceVersion });
    };
    const socket = openSocket(
      { url, protocols: handshake ? ["prefect"] : [], headers: connection.headers, openTimeoutMs },
      {
        onOpen(headers) {
          sluiceVersion = headers[SLUICE_VERSION_HEADER] ?? null;
          if (!handshake) return finish();
          socket.send(JSON.stringify({ type: "auth", token: streamToken(connection.credentials) }));
        },
        onMessage(text) {
          if (isOpen) return handlers.onMessage(text);
          const answer = readAuthAnswer(text);
          if (!answer.accepted) {
            clearTimeout(timer);
            reject(refused(url, answer.reason, 1008));
            socket.close();
            return;
          }
          sluiceVersion ??= answer.sluiceVersion;
          finish();
        },
        onPong: (payload) => handlers.onPong?.(payload),
        onClose(end) {
          clearTimeout(timer);
          if (isOpen) handlers.onClose(end);
          else reject(streamEndError(url, end));
        },
      },
    );
  });
}

/** Why a stream ended, as an error to tell people. */
export function streamEndError(url: string, end: SocketEnd): ClientError {
  if (end.httpStatus !== null && REFUSAL_STATUSES.includes(end.httpStatus)) {
    return refused(url, end.reason, end.httpStatus);
  }
  if (REFUSAL_CODES.includes(end.code)) return refused(url, end.reason, end.code);
  const said = [
    end.httpStatus === null ? "" : `HTTP status ${end.httpStatus}`,
    end.error ? describeTrouble(end.error) : "",
    end.reason,
  ].find((text) => text !== "");
  return new ServerUnreachable(`The stream ${url} closed (${said ?? `code ${end.code}`}).`, {
    cause: end.error ?? undefined,
  });
}

function refused(url: string, reason: string, code: number): StreamRefused {
  return new StreamRefused(
    `The server refused the stream ${url} (${code}${reason ? `: ${reason}` : ""}). ` +
      "Check SLUICE_API_AUTH_STRING or SLUICE_API_KEY against the server's, and that a proxy lets WebSockets through.",
    code,
  );
}

function readAuthAnswer(text: string): { accepted: boolean; reason: string; sluiceVersion: string | null } {
  try {
    const answer = JSON.parse(text) as { type?: unknown; reason?: unknown; sluice?: unknown }; // fields checked below
    return {
      accepted: answer.type === "auth_success",
      reason: typeof answer.reason === "string" ? answer.reason : "",
      sluiceVersion: typeof answer.sluice === "string" ? answer.sluice : null,
    };
  } catch {
    return { accepted: false, reason: "the answer to the handshake is not JSON", sluiceVersion: null };
  }
}
