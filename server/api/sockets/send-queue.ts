/** Sends texts as fast as the peer reads: waits while too much lies unsent in this process. */
import type { WebSocket } from "ws";

/** Bytes that may lie unsent before the sender waits. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/**
 * Resolves when the next text may be sent; at once while the peer keeps up. A broken socket is no failure here: its
 * `close` event ends the stream.
 */
export function sendText(socket: WebSocket, text: string): Promise<void> {
  if (socket.bufferedAmount < MAX_UNSENT_BYTES) {
    socket.send(text);
    return SENT;
  }
  return new Promise((resolve) => {
    socket.send(text, () => resolve());
  });
}

const SENT = Promise.resolve();
