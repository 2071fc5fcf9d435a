/**
 * The messages of one socket: first asked for one by one (handshakes), then handed over as they come. What arrives
 * while nobody asks is kept, and the socket is not read meanwhile.
 */
import type { RawData, WebSocket } from "ws";

export interface SocketMessage {
  /** Null: a binary message. */
  readonly text: string | null;
  readonly bytes: number;
}

export class SocketMessages {
  readonly #socket: WebSocket;
  #kept: SocketMessage[] = [];
  #ask: ((message: SocketMessage | null) => void) | null = null;
  #handler: ((message: SocketMessage) => void) | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data, isBinary) => this.#onMessage(readMessage(data, isBinary)));
    socket.on("close", () => this.#answer(null));
  }

  /** True while messages wait that nobody has asked for. */
  get hasKept(): boolean {
    return this.#kept.length > 0;
  }

  /** The next message; null when the socket closes, or nothing comes in time. */
  next(timeoutMs: number): Promise<SocketMessage | null> {
    const kept = this.#kept.shift();
    if (kept) return Promise.resolve(kept);
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve(null);
    this.#socket.resume();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(null), timeoutMs);
      this.#ask = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  }

  /** From now on every message goes to `handler`, those that were kept first. */
  handOver(handler: (message: SocketMessage) => void): void {
    this.#handler = handler;
    for (const message of this.#kept.splice(0)) handler(message);
    this.#socket.resume();
  }

  #onMessage(message: SocketMessage): void {
    if (this.#handler) {
      this.#handler(message);
    } else if (this.#ask) {
      this.#answer(message);
    } else {
      this.#kept.push(message);
      this.#socket.pause();
    }
  }

  #answer(message: SocketMessage | null): void {
    const ask = this.#ask;
    this.#ask = null;
    ask?.(message);
  }
}

function readMessage(data: RawData, isBinary: boolean): SocketMessage {
  // Messages of a server socket with the default `binaryType` are buffers.
  const buffer = data as Buffer;
  return { text: isBinary ? null : buffer.toString("utf8"), bytes: buffer.length };
}
