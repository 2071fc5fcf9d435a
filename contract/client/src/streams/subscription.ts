/**
 * A stream out of a server that survives its connection: it reconnects, fills the gap, and hands out each item once.
 */
import { ClientError, StreamRefused } from "../errors.ts";
import type { HttpConnection } from "../http/http-connection.ts";
import { SeenIds } from "./seen-ids.ts";
import type { Socket } from "./socket.ts";
import { openStream, streamEndError } from "./stream-connection.ts";

export interface SubscriptionOptions {
  readonly signal?: AbortSignal;
  /** Reconnections in a row that may fail before the subscription does. Default: no bound. */
  readonly maxReconnects?: number;
  /** Called after each time the stream is open and its filter sent. */
  readonly onConnected?: () => void;
  /** Called when the stream broke; the subscription reconnects by itself. */
  readonly onDisconnected?: (error: Error) => void;
}

/** What one kind of stream is about. */
export interface StreamSource<Item> {
  readonly path: string;
  /** The frame that asks for items, made anew for each connection. */
  filterFrame(): string;
  /** The item in a frame, or null when the frame has none. */
  readItem(frame: unknown): Item | null;
  idOf(item: Item): string;
  /** Hears of every item handed out. */
  noteItem(item: Item): void;
  /** Items that the server doesn't send by itself after a reconnection. */
  missedItems?(): AsyncIterable<Item>;
}

const PING_INTERVAL_MS = 20_000;
const LONGEST_RECONNECT_DELAY_MS = 15_000;

/**
 * The items of a stream, until the caller breaks out of the loop or the signal aborts.
 * @throws StreamRefused, ServerUnreachable when the first connection fails, or `maxReconnects` in a row do
 */
export async function* subscribe<Item>(
  connection: HttpConnection,
  source: StreamSource<Item>,
  options: SubscriptionOptions = {},
): AsyncGenerator<Item, void, void> {
  const seen = new SeenIds();
  let hasConnected = false;
  for (let failures = 0; !options.signal?.aborted; ) {
    const frames = new FrameQueue();
    try {
      const socket = await connect(connection, source, frames, options);
      try {
        if (hasConnected && source.missedItems) {
          for await (const item of source.missedItems()) {
            if (seen.isNew(source.idOf(item))) yield note(source, item);
          }
        }
        hasConnected = true;
        failures = 0;
        for await (const text of frames.texts(options.signal)) {
          const item = source.readItem(JSON.parse(text));
          if (item !== null && seen.isNew(source.idOf(item))) yield note(source, item);
        }
      } finally {
        socket.close();
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      failures += 1;
      const isFinal = !hasConnected || failures > (options.maxReconnects ?? Number.POSITIVE_INFINITY);
      if (isFinal || !(error instanceof ClientError) || error instanceof StreamRefused) throw error;
      options.onDisconnected?.(error);
      await pause(reconnectDelayMs(failures), options.signal);
    }
  }
}

function note<Item>(source: StreamSource<Item>, item: Item): Item {
  source.noteItem(item);
  return item;
}

async function connect<Item>(
  connection: HttpConnection,
  source: StreamSource<Item>,
  frames: FrameQueue,
  options: SubscriptionOptions,
): Promise<Socket> {
  const stream = await openStream(
    connection,
    { path: source.path },
    {
      onMessage: (text) => frames.push(text),
      onPong: () => frames.noteLife(),
      onClose: (end) => frames.end(streamEndError(`${connection.apiUrl}${source.path}`, end)),
    },
  );
  frames.watch(stream.socket);
  stream.socket.send(source.filterFrame());
  options.onConnected?.();
  return stream.socket;
}

/** The first two at once, as after a load balancer's time limit; then ever slower. */
function reconnectDelayMs(failures: number): number {
  if (failures <= 2) return 0;
  const delay = Math.min(LONGEST_RECONNECT_DELAY_MS, 500 * 2 ** (failures - 3));
  return delay * (0.8 + 0.4 * Math.random());
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Frames between the socket, which pushes, and the loop, which pulls; notices a connection that went silent. */
class FrameQueue {
  #frames: string[] = [];
  #error: Error | null = null;
  #wake: (() => void) | null = null;
  #isAlive = true;
  #timer: ReturnType<typeof setInterval> | null = null;

  push(text: string): void {
    this.#isAlive = true;
    this.#frames.push(text);
    this.#wake?.();
  }

  noteLife(): void {
    this.#isAlive = true;
  }

  end(error: Error): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#error = error;
    this.#wake?.();
  }

  /** Drops the connection when nothing, not even a pong, has come for a whole interval. */
  watch(socket: Socket): void {
    if (!socket.canPing) return;
    this.#timer = setInterval(() => {
      if (!this.#isAlive) return socket.terminate();
      this.#isAlive = false;
      socket.ping("");
    }, PING_INTERVAL_MS);
  }

  /** Texts in order of arrival; throws the reason why the connection ended. */
  async *texts(signal: AbortSignal | undefined): AsyncGenerator<string, void, void> {
    const stop = () => this.#wake?.();
    signal?.addEventListener("abort", stop);
    try {
      while (!signal?.aborted) {
        const frames = this.#frames;
        this.#frames = [];
        yield* frames;
        if (this.#frames.length > 0) continue;
        if (this.#error) throw this.#error;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      if (this.#timer) clearInterval(this.#timer);
    }
  }
}
