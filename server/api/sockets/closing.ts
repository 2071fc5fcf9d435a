/** How the server ends a socket: codes of RFC 6455 and the registry behind it, and words a person can act on. */
import type { WebSocket } from "ws";

export const CloseCode = {
  normal: 1000,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Text that is not what it claims to be, e.g. no JSON. */
  invalidData: 1007,
  policyViolation: 1008,
  tooLarge: 1009,
  /** The server stops. Not 1001, which stock subscribers take for "the stream is complete" and do not come back. */
  serviceRestart: 1012,
  tryAgainLater: 1013,
  /** Of task workers: a message that has no place where it came (protocol section 4.4). */
  protocolViolation: 4001,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** The protocol's bound on the reason, in bytes of UTF-8. */
const MAX_REASON_BYTES = 123;
/** How long a peer may take to answer the closing frame. */
const CLOSE_TIMEOUT_MS = 5000;

/** Closes politely, and for good when the peer does not answer. */
export function closeSocket(socket: WebSocket, code: CloseCode, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  // A paused socket would never read the peer's closing frame.
  socket.resume();
  socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}

/** The longest start of a text that fits, never cutting a character in two. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const ellipsis = "…";
  let bytes = Buffer.byteLength(ellipsis);
  let cut = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    cut += character;
  }
  return cut + ellipsis;
}
