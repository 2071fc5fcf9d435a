/** The socket in browsers (and anything else with a global `WebSocket`). */
import type { OpenSocket } from "./socket.ts";

/** Close codes that pages may send. */
const NORMAL_CLOSURE = 1000;

export const openSocket: OpenSocket = (options, handlers) => {
  const socket = new WebSocket(options.url, [...options.protocols]);
  const timer = setTimeout(() => socket.close(), options.openTimeoutMs);
  socket.addEventListener("open", () => {
    clearTimeout(timer);
    handlers.onOpen({});
  });
  socket.addEventListener("message", (message) => handlers.onMessage(String(message.data)));
  socket.addEventListener("close", (close) => {
    clearTimeout(timer);
    handlers.onClose({ code: close.code, reason: close.reason, httpStatus: null, error: null });
  });
  return {
    canPing: false,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    ping: () => {},
    close: (code) => socket.close(code ?? NORMAL_CLOSURE),
    terminate: () => socket.close(),
    setKeepsAlive: () => {},
  };
};
