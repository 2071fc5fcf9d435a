/**
 * Waiting for task runs that other processes execute. All waiters of a connection share one stream of events, which
 * makes them look at once, and one look from time to time for what the stream has missed.
 */
import { isTerminal } from "@sluice/schemas";
import { callAfter } from "../clock.ts";
import { SluiceError } from "../errors.ts";
import type { Transport } from "../transport/transport.ts";
import type { TaskRunResponse } from "../transport/wire.ts";

/** Seconds between looks where the server can't send a wake-up. */
const POLL_SECONDS = 5;
/** The server is in this process: a look costs little, and nobody sends wake-ups. */
const EMBEDDED_POLL_SECONDS = 0.2;
/** Runs that begin to be waited for within this time share one subscription. */
const GATHER_SECONDS = 0.02;
/** Past so many runs the stream isn't narrowed to them any more. */
const MOST_NAMED_RUNS = 100;
/** How many runs the server lists at once. */
const MOST_LISTED_RUNS = 200;

/** The run was deleted while it was waited for. */
export class TaskRunDeleted extends SluiceError {
  constructor(id: string) {
    super("task-run-deleted", `Task run ${id} doesn't exist any more.`);
  }
}

/**
 * The run once it is in a terminal state. A server that is away for a while is waited for.
 * @throws TaskRunDeleted
 */
export function untilTaskRunEnds(transport: Transport, id: string): Promise<TaskRunResponse> {
  let waiters = byTransport.get(transport);
  if (!waiters) {
    waiters = new TaskRunWaiters(transport);
    byTransport.set(transport, waiters);
  }
  return waiters.wait(id);
}

const byTransport = new WeakMap<Transport, TaskRunWaiters>();

class TaskRunWaiters {
  readonly #transport: Transport;
  readonly #waiting = new Map<string, PromiseWithResolvers<TaskRunResponse>>();
  /** Runs to look at because an event told of them. */
  readonly #told = new Set<string>();
  /** Those that the stream was opened for. */
  #watched: ReadonlySet<string> = new Set();
  #unsubscribe: (() => void) | null = null;
  #cancelTimer: (() => void) | null = null;
  #isLooking = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  wait(id: string): Promise<TaskRunResponse> {
    let waiter = this.#waiting.get(id);
    if (!waiter) {
      waiter = Promise.withResolvers<TaskRunResponse>();
      this.#waiting.set(id, waiter);
      this.#lookIn(GATHER_SECONDS);
    }
    return waiter.promise;
  }

  #lookIn(seconds: number): void {
    if (this.#isLooking) return;
    this.#cancelTimer?.();
    this.#cancelTimer = callAfter(seconds, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    this.#subscribe();
    const isByEvent = this.#told.size > 0;
    const ids = isByEvent ? [...this.#told] : [...this.#waiting.keys()];
    this.#told.clear();
    for (let first = 0; first < ids.length; first += MOST_LISTED_RUNS) {
      await this.#lookAt(ids.slice(first, first + MOST_LISTED_RUNS));
    }
    this.#isLooking = false;
    if (this.#waiting.size === 0) this.#stop();
    else if (this.#told.size > 0 || this.#hasUnwatched()) this.#lookIn(GATHER_SECONDS);
    else this.#lookIn(this.#transport.target.kind === "embedded" ? EMBEDDED_POLL_SECONDS : POLL_SECONDS);
  }

  async #lookAt(ids: readonly string[]): Promise<void> {
    let runs: TaskRunResponse[];
    try {
      runs = await this.#transport.filterTaskRuns({ task_runs: { id: { any_: ids } }, limit: ids.length });
    } catch {
      // The server is away; the next look comes.
      return;
    }
    const found = new Map(runs.map((run) => [run.id, run]));
    for (const id of ids) {
      const run = found.get(id);
      if (run && (run.state_type === null || !isTerminal(run.state_type))) continue;
      const waiter = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (run) waiter?.resolve(run);
      else waiter?.reject(new TaskRunDeleted(id));
    }
  }

  #hasUnwatched(): boolean {
    return (
      this.#watched.size <= MOST_NAMED_RUNS && [...this.#waiting.keys()].some((id) => !this.#watched.has(id))
    );
  }

  /** Before the look, so that nothing ends unseen between the two. */
  #subscribe(): void {
    if (this.#unsubscribe && !this.#hasUnwatched()) return;
    const before = this.#unsubscribe;
    this.#watched = new Set(this.#waiting.keys());
    const ids = Array.from(this.#watched, (id) => `prefect.task-run.${id}`);
    const filter = {
      event: { prefix: ["prefect.task-run."] },
      ...(ids.length > MOST_NAMED_RUNS ? {} : { resource: { id: ids } }),
    };
    this.#unsubscribe = this.#transport.watchEvents(filter, ({ resource }) => {
      const id = String(resource["prefect.resource.id"]).replace(/^prefect\.task-run\./, "");
      if (!this.#waiting.has(id)) return;
      this.#told.add(id);
      this.#lookIn(0);
    });
    before?.();
  }

  #stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#watched = new Set();
  }
}
