/** Log lines over `POST /logs/`, one batch at a time. */
import { type HttpConnection, HttpStatusError } from "@sluice/client";
import type { LinkHandlers, OpenLink } from "./link.ts";

/** Statuses that no repetition cures: the batch itself is at fault. */
const CONTENT_STATUSES = [400, 413, 422];

export function logLink(connection: HttpConnection, report: (problem: string) => void): OpenLink<string> {
  let hasFailed = false;
  return async (handlers: LinkHandlers) => {
    // There is no connection to make, so after a failure a small question shows whether there is a server again.
    if (hasFailed) await connection.request({ method: "GET", path: "/health", maxRetries: 0 });
    let total = 0;
    let isClosed = false;
    let last: Promise<void> = Promise.resolve();
    const lose = (error: Error) => {
      if (isClosed) return;
      isClosed = true;
      hasFailed = true;
      handlers.onLost({ error, blamesContent: false });
    };
    return {
      send(texts) {
        last = last.then(async () => {
          if (isClosed) return;
          try {
            await post(connection, texts, report);
            hasFailed = false;
            total += texts.length;
            if (!isClosed) handlers.onConfirmed(total);
          } catch (error) {
            lose(error instanceof Error ? error : new Error(String(error)));
          }
        });
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
    if (texts.length === 1)
      return report(`A log line was left out, because the server refused it: ${error.message}`);
    const middle = Math.ceil(texts.length / 2);
    await post(connection, texts.slice(0, middle), report);
    await post(connection, texts.slice(middle), report);
  }
}
