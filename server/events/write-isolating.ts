/**
 * Writes a batch so that a bad item costs only itself, and a bad moment costs only time.
 *
 * - A failure that has to do with the moment (the database is away, busy, or refused two writers at once) is tried
 *   again, with growing pauses, until it works or `signal` is aborted.
 * - Any other failure has to do with an item: the batch is cut in half until the item stands alone, which is then
 *   given to `onRejected` while all others are written.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface IsolatingOptions<Item> {
  readonly write: (batch: readonly Item[]) => Promise<void>;
  /** True for failures of the moment. */
  readonly isTransient: (error: unknown) => boolean;
  /** Gets each item that can't be written, with the error it caused. */
  readonly onRejected: (item: Item, error: unknown) => void | Promise<void>;
  /** Is told of each pause, so that an outage shows. */
  readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** When aborted, a failure of the moment is thrown instead of tried again. */
  readonly signal?: AbortSignal;
}

export async function writeIsolating<Item>(
  batch: readonly Item[],
  options: IsolatingOptions<Item>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await options.write(batch);
    } catch (error) {
      if (!options.isTransient(error)) return await divide(batch, error, options);
      if (options.signal?.aborted) throw error;
      const pauseMs = pauseAfter(attempt, options);
      options.onRetry?.(error, attempt, pauseMs);
      // An abort during the pause ends the pause; the batch gets one last try.
      await delay(pauseMs, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

async function divide<Item>(
  batch: readonly Item[],
  error: unknown,
  options: IsolatingOptions<Item>,
): Promise<void> {
  const [only] = batch;
  if (batch.length <= 1) {
    if (only !== undefined) await options.onRejected(only, error);
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await writeIsolating(batch.slice(0, middle), options);
  await writeIsolating(batch.slice(middle), options);
}

function pauseAfter<Item>(attempt: number, options: IsolatingOptions<Item>): number {
  const { firstPauseMs = 50, longestPauseMs = 5000 } = options;
  return Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
}
