/** Log lines over `POST /logs/`, one batch at a time. */
import { type HttpConnection, HttpStatusError, readServerInfo } from "@sluice/client";
import { newId } from "@sluice/schemas";
import type { OpenLink } from "./link.ts";
import type { LogBody } from "./wire.ts";

/** Statuses that no repetition cures: the batch itself is at fault. */
const CONTENT_STATUSES = [400, 413, 422];

/** `{"id":"<36 characters>",` */
const ID_PREFIX_LENGTH = 45;

/**
 * The line as JSON, its id first. Sluice servers keep a line that arrives twice once, by its id; other servers know no
 * ids of lines, so it is cut off for them.
 */
export function logText(log: LogBody): string {
  return JSON.stringify({ id: newId(), ...log });
}

export function logLink(connection: HttpConnection, report: (problem: string) => void): OpenLink<string> {
  return async (handlers) => {
    // Also shows whether there is a server at all, and one that speaks the contract.
    const { sluiceVersion } = await readServerInfo(connection, { maxRetries: 0 });
    let total = 0;
    let isClosed = false;
    let last: Promise<void> = Promise.resolve();
    const deliver = async (texts: readonly string[]) => {
      if (isClosed) return;
      try {
        await post(connection, sluiceVersion !== null ? texts : texts.map(withoutId), report);
        total += texts.length;
        if (!isClosed) handlers.onConfirmed(total);
      } catch (error) {
        if (isClosed) return;
        isClosed = true;
        handlers.onLost({
          error: error instanceof Error ? error : new Error(String(error)),
          blamesContent: false,
        });
      }
    };
    return {
      send(texts) {
        last = last.then(() => deliver(texts));
      },
      // An answer is a confirmation.
      checkpoint: () => {},
      // A request under way does so by itself.
      setKeepsAlive: () => {},
      close: () => {
        isClosed = true;
      },
    };
  };
}

function withoutId(text: string): string {
  return `{${text.slice(ID_PREFIX_LENGTH)}`;
}

/** Sends a batch; of one that the server won't have, everything but the lines that are at fault. */
async function post(
  connection: HttpConnection,
  texts: readonly string[],
  report: (problem: string) => void,
): Promise<void> {
  try {
    // The shipper repeats by itself, and keeps the lines on disk meanwhile.
    await connection.request({ method: "POST", path: "/logs/", body: `[${texts.join(",")}]`, maxRetries: 0 });
  } catch (error) {
    if (!(error instanceof HttpStatusError) || !CONTENT_STATUSES.includes(error.status)) throw error;
    if (texts.length === 1) {
      return report(`A log line was left out, because the server refused it: ${error.message}`);
    }
    const middle = Math.ceil(texts.length / 2);
    await post(connection, texts.slice(0, middle), report);
    await post(connection, texts.slice(middle), report);
  }
}
