/**
 * The handshake that all sockets of the contract share (protocol section 7.5): the client offers the subprotocol
 * `prefect` and opens with `{"type":"auth","token":…}`; the server answers `{"type":"auth_success"}`. The message is
 * due even when the server asks for no credentials (trap 43). A client that offers no subprotocol speaks at once, which
 * is allowed only when no credentials are asked for.
 */
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { z } from "zod";
import { secretsEqual } from "../edge/secrets.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import type { SocketMessages } from "./socket-messages.ts";

export const SUBPROTOCOL = "prefect";

/** How long a client may take to say who it is, and what it wants. */
export const HANDSHAKE_TIMEOUT_MS = 30_000;

/** True when the client offers our subprotocol. */
export function offersSubprotocol(request: IncomingMessage): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL);
}

const authMessage = z.object({ type: z.literal("auth"), token: z.unknown().optional() });

/** Shakes hands. False: the client was turned away, and the socket is closing. */
export async function shakeHands(
  socket: WebSocket,
  messages: SocketMessages,
  authString: string | null,
): Promise<boolean> {
  if (socket.protocol !== SUBPROTOCOL) return true;
  const message = await messages.next(HANDSHAKE_TIMEOUT_MS);
  const refusal = refusalOf(message?.text ?? null, authString);
  if (refusal !== null) {
    closeSocket(socket, CloseCode.policyViolation, refusal);
    return false;
  }
  socket.send('{"type":"auth_success"}');
  return true;
}

/** Why the first message does not let its sender in; null when it does. The words are those clients show. */
function refusalOf(text: string | null, authString: string | null): string | null {
  const message = authMessage.safeParse(parseJson(text));
  if (!message.success) return "Expected 'auth' message";
  if (authString === null) return null;
  const { token } = message.data;
  if (typeof token !== "string" || token === "") return "Auth required but no token provided";
  return secretsEqual(token, authString) ? null : "Invalid token";
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
