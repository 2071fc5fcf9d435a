/**
 * The stream of events to a server. A server sends no receipts, but it answers pings in order: an event is confirmed
 * when a ping sent after it has been answered (protocol section 7.5).
 */
import type { HttpConnection } from "../http/http-connection.ts";
import type { SocketEnd } from "./socket.ts";
import { openStream } from "./stream-connection.ts";

export interface EventsInHandlers {
  /** `total` events sent over this stream, from the first on, are confirmed. */
  onConfirmed(total: number): void;
  onClose(end: SocketEnd): void;
}

export interface EventsIn {
  readonly sluiceVersion: string | null;
  /** Events sent so far. */
  readonly sent: number;
  readonly bufferedBytes: number;
  /** Sends events, each one as JSON text. A Sluice server takes many in one frame, others one per frame. */
  send(events: readonly string[]): void;
  /** Asks for confirmation of all that was sent. */
  checkpoint(): void;
  setKeepsAlive(keepsAlive: boolean): void;
  close(): void;
  terminate(): void;
}

/** Well below the largest frame a server takes. */
const MAX_FRAME_LENGTH = 512 * 1024;

/** @throws StreamRefused, ServerUnreachable */
export async function openEventsIn(
  connection: HttpConnection,
  handlers: EventsInHandlers,
  openTimeoutMs?: number,
): Promise<EventsIn> {
  const { socket, sluiceVersion } = await openStream(
    connection,
    // Prefect Cloud takes events without a handshake: the header is enough.
    { path: "/events/in", handshake: !connection.isCloud, ...(openTimeoutMs ? { openTimeoutMs } : {}) },
    {
      onMessage: () => {},
      onPong: (payload) => {
        const total = Number(payload);
        if (payload !== "" && Number.isSafeInteger(total)) handlers.onConfirmed(total);
      },
      onClose: (end) => handlers.onClose(end),
    },
  );
  let sent = 0;
  return {
    sluiceVersion,
    get sent() {
      return sent;
    },
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
    send(events) {
      sent += events.length;
      if (sluiceVersion === null) for (const event of events) socket.send(event);
      else for (const frame of arrayFrames(events)) socket.send(frame);
    },
    checkpoint: () => socket.ping(String(sent)),
    setKeepsAlive: (keepsAlive) => socket.setKeepsAlive(keepsAlive),
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}

/** JSON arrays of the events, each frame about {@link MAX_FRAME_LENGTH} at most; a lone event stays bare. */
function* arrayFrames(events: readonly string[]): Generator<string> {
  let first = 0;
  let length = 0;
  for (let index = 0; index <= events.length; index += 1) {
    const next = events[index]?.length ?? 0;
    if (index < events.length && (index === first || length + next <= MAX_FRAME_LENGTH)) {
      length += next + 1;
      continue;
    }
    if (index > first) {
      const frame = events.slice(first, index);
      yield frame.length === 1 ? (frame[0] ?? "") : `[${frame.join(",")}]`;
    }
    first = index;
    length = next + 1;
  }
}
