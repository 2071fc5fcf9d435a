/** Events over the server's socket. */
import { type HttpConnection, openEventsIn } from "@sluice/client";
import type { OpenLink } from "./link.ts";

/** Close codes by which a server says that a frame was bad (or, 1011, that it stumbled over one). */
const BLAMING_CODES = [1002, 1003, 1007, 1008, 1009, 1011];

/** A server that is busy storing answers late; one that is silent this long is gone. */
const CONFIRMATION_TIMEOUT_MS = 60_000;

export function eventLink(connection: HttpConnection): OpenLink<string> {
  return async (handlers) => {
    const watch = new SilenceWatch(() => socket.terminate());
    const socket = await openEventsIn(connection, {
      onConfirmed(total) {
        watch.noteAnswer(total === socket.sent);
        handlers.onConfirmed(total);
      },
      onClose(end) {
        watch.stop();
        handlers.onLost({
          error: new Error(`the event stream closed (${end.code}${end.reason ? `: ${end.reason}` : ""})`),
          blamesContent: BLAMING_CODES.includes(end.code),
        });
      },
    });
    return {
      send: (texts) => socket.send(texts),
      checkpoint() {
        watch.noteQuestion();
        socket.checkpoint();
      },
      setKeepsAlive: (keepsAlive) => socket.setKeepsAlive(keepsAlive),
      close: () => socket.close(),
    };
  };
}

/** Drops a connection whose other end doesn't answer any more. */
class SilenceWatch {
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  noteQuestion(): void {
    this.#timer ??= setTimeout(this.#onSilence, CONFIRMATION_TIMEOUT_MS).unref();
  }

  noteAnswer(isLast: boolean): void {
    if (isLast) this.stop();
    else this.#timer?.refresh();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
