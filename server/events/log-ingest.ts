/**
 * The way of log lines into the store: requests that arrive together share a transaction. A request is answered after
 * the commit that holds its lines; then they go to those who listen.
 */
import { StoreUnavailableError } from "../store/errors.ts";
import type { Log } from "../store/logs.ts";
import type { Store } from "../store/store.ts";
import { OverloadedError, ROOM_TIMEOUT_MS, STORE_TIMEOUT_MS, within } from "./accept.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { Broadcast } from "./broadcast.ts";
import type { EventLog } from "./event-log.ts";
import { writeIsolating } from "./write-isolating.ts";

export interface LogIngestDependencies {
  readonly store: Store;
  readonly broadcast: Pick<Broadcast<Log>, "publish">;
  /** Is told of lines that are stored now, after the commit; for the listeners in other processes. */
  readonly onStored?: (logs: readonly Log[]) => void;
  readonly log: EventLog;
  readonly maxQueuedBytes?: number;
}

/** The lines of one request: stored together or not at all. */
interface LogRequest {
  readonly logs: readonly Log[];
  refusal: { error: unknown } | null;
}

const DEFAULT_MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const MAX_QUEUED_REQUESTS = 10_000;
const MAX_BATCH_REQUESTS = 100;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

export class LogIngest {
  readonly #queue: BatchQueue<LogRequest>;
  readonly #dependencies: LogIngestDependencies;
  readonly #stopping = new AbortController();

  constructor(dependencies: LogIngestDependencies) {
    this.#dependencies = dependencies;
    this.#queue = new BatchQueue({
      maxItems: MAX_QUEUED_REQUESTS,
      maxBytes: dependencies.maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES,
      maxBatchItems: MAX_BATCH_REQUESTS,
      maxBatchBytes: MAX_BATCH_BYTES,
      write: (batch) => this.#write(batch),
    });
  }

  /**
   * Stores the lines of one request of about `bytes` bytes.
   *
   * @throws OverloadedError when there is no room, or no answer of the store, in time
   * @throws the store's error when it refuses these lines
   */
  async store(logs: readonly Log[], bytes: number): Promise<void> {
    if (logs.length === 0) return;
    if (this.#queue.isFull) {
      await within(this.#queue.whenRoom(), ROOM_TIMEOUT_MS, "Too many logs wait to be stored");
    }
    if (!this.#queue.isOpen) throw new OverloadedError("The server takes no logs at the moment");
    const request: LogRequest = { logs, refusal: null };
    const position = this.#queue.push(request, bytes);
    await within(this.#queue.written(position), STORE_TIMEOUT_MS, "The logs could not be stored in time");
    if (request.refusal) throw request.refusal.error;
  }

  /** Takes no more lines and stores those in line; gives up on a store that is away when `deadline` is aborted. */
  async close(deadline?: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#stopping.abort();
    if (deadline?.aborted) giveUp();
    deadline?.addEventListener("abort", giveUp, { once: true });
    await this.#queue.close();
    deadline?.removeEventListener("abort", giveUp);
  }

  async #write(batch: readonly LogRequest[]): Promise<void> {
    await writeIsolating(batch, {
      write: (requests) => this.#commit(requests),
      isTransient: (error) => error instanceof StoreUnavailableError,
      onRejected: (request, error) => {
        request.refusal = { error };
      },
      onRetry: (error, attempt, pauseMs) =>
        this.#dependencies.log.warn({ err: error, attempt, pauseMs }, "The store is away; logs wait"),
      signal: this.#stopping.signal,
    });
  }

  async #commit(requests: readonly LogRequest[]): Promise<void> {
    const logs = requests.flatMap((request) => request.logs);
    await this.#dependencies.store.transaction((tx) => tx.logs.insert(logs));
    this.#dependencies.broadcast.publish(logs);
    this.#dependencies.onStored?.(logs);
  }
}
