/**
 * Finds peers that are gone without a word: each socket is pinged, and dropped when it has given no sign of life by
 * the time limit. One timer serves all sockets.
 */
import type { WebSocket } from "ws";

export interface KeepAliveOptions {
  /** Time between pings. */
  readonly intervalMs: number;
  /** How long a ping may stay unanswered. */
  readonly timeoutMs: number;
}

export const DEFAULT_KEEP_ALIVE: KeepAliveOptions = { intervalMs: 20_000, timeoutMs: 20_000 };

/** The timer runs this many times per interval. */
const CHECKS_PER_INTERVAL = 4;

interface Pulse {
  lastSign: number;
  /** When the ping that waits for its pong was sent. */
  pinged: number | null;
}

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #pulses = new Map<WebSocket, Pulse>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: KeepAliveOptions = DEFAULT_KEEP_ALIVE) {
    this.#options = options;
    this.#timer = setInterval(() => this.#check(), options.intervalMs / CHECKS_PER_INTERVAL);
    this.#timer.unref();
  }

  watch(socket: WebSocket): void {
    const pulse: Pulse = { lastSign: performance.now(), pinged: null };
    this.#pulses.set(socket, pulse);
    const sign = (): void => {
      pulse.lastSign = performance.now();
      pulse.pinged = null;
    };
    // Anything the peer sends shows that it lives; its pong may stand behind much data.
    socket.on("pong", sign);
    socket.on("ping", sign);
    socket.on("message", sign);
    socket.on("close", () => this.#pulses.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const now = performance.now();
    for (const [socket, pulse] of this.#pulses) {
      if (socket.isPaused) {
        // We don't read, so we can't hear; that is our doing.
        pulse.lastSign = now;
        pulse.pinged = null;
      } else if (pulse.pinged !== null) {
        if (now - pulse.pinged > this.#options.timeoutMs) socket.terminate();
      } else if (now - pulse.lastSign >= this.#options.intervalMs) {
        pulse.pinged = now;
        if (socket.readyState === socket.OPEN) socket.ping();
      }
    }
  }
}
