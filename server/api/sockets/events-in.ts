/**
 * `/events/in`: a stream of events from a client, one per text frame, or (Sluice's own clients) a JSON array of them.
 *
 * There are no receipts but pongs: a client takes an event for safe when a ping sent after it is answered (protocol
 * section 7.5). So
 * 1. a ping is answered after everything that came before it is stored, and pings are answered in order;
 * 2. while the queue is full the socket is not read, and TCP tells the client to wait;
 * 3. a frame that breaks the contract ends the connection with the field's name; what came before it is kept.
 */
import { MAXIMUM_EVENT_BYTES, type Timestamp, timestampFromMilliseconds } from "@sluice/schemas";
import type { EventIngest } from "../../events/event-ingest.ts";
import { parseEvent, receivedEvent } from "../../events/receive-event.ts";
import type { StoredEvent } from "../../store/events.ts";
import { validationDetails } from "../edge/validation-details.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import { parseJson } from "./handshake.ts";
import type { SocketMessage } from "./socket-messages.ts";
import type { SocketConnection, SocketRoute } from "./socket-route.ts";

/** A frame may hold several events; this bounds what one client can make us hold before we can refuse it. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** More pings than this wait for their pongs only when a client floods us. */
const MAX_WAITING_PINGS = 1000;

export interface EventsInOptions {
  readonly ingest: EventIngest;
  readonly now?: () => Timestamp;
}

export function eventsInRoute(options: EventsInOptions): SocketRoute {
  return {
    path: "/events/in",
    maxMessageBytes: MAX_FRAME_BYTES,
    autoPong: false,
    serve: (connection) => new EventsInConnection(connection, options).serve(),
  };
}

class EventsInConnection {
  readonly #connection: SocketConnection;
  readonly #ingest: EventIngest;
  readonly #now: () => Timestamp;
  /** Of the last event taken from this socket; 0 before the first. */
  #position = 0;
  #waitingPings = 0;
  #isEnding = false;

  constructor(connection: SocketConnection, { ingest, now }: EventsInOptions) {
    this.#connection = connection;
    this.#ingest = ingest;
    this.#now = now ?? (() => timestampFromMilliseconds(Date.now()));
  }

  async serve(): Promise<void> {
    const { socket, messages, earlyPings, stopping } = this.#connection;
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const stop = (): void => void this.#stop();
    socket.on("ping", (data) => void this.#answerPing(data));
    stopping.addEventListener("abort", stop, { once: true });
    messages.handOver((message) => this.#take(message));
    for (const data of earlyPings) void this.#answerPing(data);
    if (stopping.aborted) stop();
    await closed;
    stopping.removeEventListener("abort", stop);
  }

  #take(message: SocketMessage): void {
    if (this.#isEnding) return;
    const frame = readFrame(message);
    if ("code" in frame) {
      this.#end(frame.code, frame.reason);
      return;
    }
    const { workspace_id } = this.#connection;
    const received = this.#now();
    const events: StoredEvent[] = [];
    for (const value of frame.values) {
      const parsed = parseEvent(value, frame.text);
      if (!parsed.success) {
        this.#end(CloseCode.policyViolation, describeIssue(value, parsed.error));
        return;
      }
      events.push(receivedEvent(parsed.data, workspace_id, received));
    }
    this.#add(events, message.bytes);
  }

  #add(events: readonly StoredEvent[], bytes: number): void {
    if (!this.#ingest.isOpen) {
      this.#end(CloseCode.tryAgainLater, "The server takes no events at the moment");
      return;
    }
    const bytesEach = Math.ceil(bytes / Math.max(events.length, 1));
    for (const event of events) this.#position = this.#ingest.add(event, bytesEach);
    if (this.#ingest.isFull) void this.#waitForRoom();
  }

  async #waitForRoom(): Promise<void> {
    const { socket } = this.#connection;
    if (socket.isPaused) return;
    socket.pause();
    await this.#ingest.whenRoom().catch(() => undefined);
    socket.resume();
  }

  async #answerPing(data: Buffer): Promise<void> {
    if (this.#waitingPings >= MAX_WAITING_PINGS) {
      this.#end(CloseCode.policyViolation, "Too many pings wait for an answer");
      return;
    }
    this.#waitingPings += 1;
    try {
      await this.#ingest.stored(this.#position);
      const { socket } = this.#connection;
      if (socket.readyState === socket.OPEN) socket.pong(data);
    } catch {
      // The store is gone for good and the server is about to stop. No pong: the client keeps its events.
    } finally {
      this.#waitingPings -= 1;
    }
  }

  /** Takes no more frames, and closes when what was taken is stored and the pings before it are answered. */
  async #stop(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#ingest.stored(this.#position).catch(() => undefined);
    closeSocket(this.#connection.socket, CloseCode.serviceRestart, "The server is stopping");
  }

  #end(code: CloseCode, reason: string): void {
    this.#isEnding = true;
    closeSocket(this.#connection.socket, code, reason);
  }
}

interface Frame {
  readonly values: readonly unknown[];
  readonly text: string;
}

interface BadFrame {
  readonly code: CloseCode;
  readonly reason: string;
}

function readFrame({ text, bytes }: SocketMessage): Frame | BadFrame {
  if (text === null)
    return { code: CloseCode.unsupportedData, reason: "Events are sent as text frames of JSON" };
  const value = parseJson(text);
  if (value === undefined) return { code: CloseCode.invalidData, reason: "The frame is not valid JSON" };
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (bytes > MAXIMUM_EVENT_BYTES && values.some(isTooLarge)) {
    return { code: CloseCode.tooLarge, reason: `An event is larger than ${MAXIMUM_EVENT_BYTES} bytes` };
  }
  return { values, text };
}

function isTooLarge(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > MAXIMUM_EVENT_BYTES;
}

/** `resource.prefect.resource.id: …`: the first field that is wrong, and how. */
function describeIssue(value: unknown, error: { issues: Parameters<typeof validationDetails>[2] }): string {
  const [detail] = validationDetails("body", value, error.issues, 1);
  if (!detail) return "The frame is not an event";
  const field = detail.loc.slice(1).join(".");
  return field === "" ? detail.msg : `${field}: ${detail.msg}`;
}
