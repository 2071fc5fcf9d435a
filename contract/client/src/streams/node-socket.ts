/** The socket in Node. */
import { WebSocket } from "ws";
import type { OpenSocket, SocketEnd } from "./socket.ts";

/** Larger than any frame a server sends: an event is at most 1.5 MB. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

export const openSocket: OpenSocket = (options, handlers) => {
  const socket = new WebSocket(options.url, [...options.protocols], {
    headers: options.headers,
    handshakeTimeout: options.openTimeoutMs,
    maxPayload: MAX_FRAME_BYTES,
    // Frames are small and the network is near: compressing costs more than it saves.
    perMessageDeflate: false,
    followRedirects: true,
  });
  let end: Pick<SocketEnd, "httpStatus" | "error"> = { httpStatus: null, error: null };
  let headers: Readonly<Record<string, string | undefined>> = {};
  let connection: { ref(): unknown; unref(): unknown } | null = null;
  socket.on("upgrade", (response) => {
    // Only set-cookie comes as a list, and nobody reads that here.
    headers = response.headers as Record<string, string | undefined>;
    connection = response.socket;
  });
  socket.on("open", () => handlers.onOpen(headers));
  // One fragment list or buffer per message; `toString` of the default Buffer is the text.
  socket.on("message", (data) => handlers.onMessage((data as Buffer).toString("utf8")));
  socket.on("pong", (data) => handlers.onPong(data.toString("utf8")));
  socket.on("unexpected-response", (request, response) => {
    end = { httpStatus: response.statusCode ?? null, error: null };
    request.destroy();
    socket.terminate();
  });
  socket.on("error", (error) => {
    if (end.httpStatus === null) end = { httpStatus: null, error };
  });
  socket.on("close", (code, reason) => handlers.onClose({ code, reason: reason.toString("utf8"), ...end }));
  return {
    canPing: true,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    ping: (payload) => {
      if (socket.readyState === WebSocket.OPEN) socket.ping(payload);
    },
    close: (code) => socket.close(code),
    terminate: () => socket.terminate(),
    setKeepsAlive: (keepsAlive) => {
      if (keepsAlive) connection?.ref();
      else connection?.unref();
    },
  };
};
