/**
 * Hands deferred task runs to the task workers that are connected to this process.
 *
 * 1. What waits stands in the database; this only remembers which connections have room. Nothing is lost with it.
 * 2. It looks when a run was queued (here, or in another process that says so), when a connection has room again, and
 *    now and then: for runs that become due, and for signals that were lost.
 * 3. One look after the other: a connection never gets more than it has room for.
 * 4. While a connection is open its hold is renewed. One whose hold was ended by another process is told so and closed.
 */
import type { TaskRunId, WorkspaceId } from "@sluice/schemas";
import {
  beginTaskWorker,
  LOST_TASK_WORKER_HOLD_SECONDS,
  loseTaskWorker,
  renewTaskWorkers,
  type TaskWorkerSubscription,
} from "../commands/begin-task-worker.ts";
import type { CommandContext } from "../commands/context.ts";
import { endTaskWorker } from "../commands/end-task-worker.ts";
import {
  acknowledgeTaskRun,
  finishTaskRuns,
  handOutTaskRuns,
  takeBackTaskRuns,
} from "../commands/hand-out-task-runs.ts";
import type { QueuedTaskRun, TaskWorker, TaskWorkerId } from "../store/task-queue.ts";
import type { TaskRun } from "../store/task-runs.ts";
import type { ServiceLog } from "./service-loop.ts";
import { TaskQueueSignals } from "./task-queue-signals.ts";

export interface TaskDispatcherOptions {
  readonly context: CommandContext;
  readonly log: ServiceLog;
  /** How often to look without having been told. Default 1 s. */
  readonly pollIntervalMs?: number;
  /** How often holds are renewed. Default 10 s. */
  readonly renewIntervalMs?: number;
}

/** Where a connection's runs go. */
export interface TaskRunTaker {
  /** Takes one run; false when it can't reach the worker any more. */
  take(run: TaskRun): boolean;
  /** The connection holds nothing any more, though it is open: close it. */
  onLost(): void;
}

export type TaskWorkerDeparture = "worker left" | "server stops";

const DEFAULT_POLL_INTERVAL_MS = 1000;
const DEFAULT_RENEW_INTERVAL_MS = 10_000;
/** How many runs one transaction hands out at most: it bounds how long other writers wait. */
const MAX_BATCH = 100;

export class TaskDispatcher {
  readonly #context: CommandContext;
  readonly #log: ServiceLog;
  readonly #options: TaskDispatcherOptions;
  readonly #signals: TaskQueueSignals;
  readonly #channels = new Map<TaskWorkerId, TaskWorkerChannel>();
  /** Queues to look at, by {@link queueKey}. */
  readonly #woken = new Map<string, Queue>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #looking: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: TaskDispatcherOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#log = options.log;
    this.#signals = new TaskQueueSignals(options.context.store.signals, {
      onQueued: (queue) => this.#wake([queue]),
      onMissed: () => this.#wakeAll(),
    });
  }

  async start(): Promise<void> {
    await this.#signals.start();
    const { pollIntervalMs, renewIntervalMs } = this.#options;
    this.#every(pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS, () => this.#wakeAll());
    this.#every(renewIntervalMs ?? DEFAULT_RENEW_INTERVAL_MS, () => void this.#renew());
  }

  /** Hands out nothing more. What connections hold, they hold on until they are back or their time is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#signals.close();
    await this.#looking;
  }

  /** Says, after the commit, that runs were queued. Returns at once. */
  tell(queued: readonly QueuedTaskRun[]): void {
    this.#signals.tell(queued);
    this.#wake(queued);
  }

  /** Opens a connection of a task worker that is at work on the runs `holding`. From now on `taker` is given runs. */
  async connect(
    subscription: TaskWorkerSubscription,
    taker: TaskRunTaker,
    holding: readonly TaskRunId[] = [],
  ): Promise<TaskWorkerChannel> {
    const { worker, held } = await beginTaskWorker(this.#context, subscription, holding);
    const channel = new TaskWorkerChannel(worker, taker, held, {
      context: this.#context,
      onRoom: () => this.#wake(queuesOf(worker)),
      onLeave: (departure) => this.#leave(worker.id, departure),
    });
    this.#channels.set(worker.id, channel);
    this.#wake(queuesOf(worker));
    return channel;
  }

  async #leave(id: TaskWorkerId, departure: TaskWorkerDeparture): Promise<void> {
    this.#channels.delete(id);
    if (departure === "server stops") return;
    if (await loseTaskWorker(this.#context, id)) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // When this fails, the service that looks for lost workers does it.
        endTaskWorker(this.#context, id).catch((error: unknown) =>
          this.#log.debug({ err: error }, "A lost task worker could not be ended yet"),
        );
      },
      LOST_TASK_WORKER_HOLD_SECONDS * 1000 + 10,
    );
    this.#timers.add(timer);
  }

  #wakeAll(): void {
    for (const channel of this.#channels.values()) if (channel.room > 0) this.#wake(queuesOf(channel.worker));
  }

  #wake(queues: readonly Queue[]): void {
    if (this.#isClosed) return;
    for (const { workspace_id, task_key } of queues) {
      this.#woken.set(queueKey(workspace_id, task_key), { workspace_id, task_key });
    }
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      // Woken between the last look and this moment.
      if (this.#woken.size > 0) this.#wake([]);
    });
  }

  async #look(): Promise<void> {
    // What is queued in one turn of the event loop, a batch of commands for instance, is handed out together.
    await new Promise(setImmediate);
    for (;;) {
      const next = this.#woken.entries().next();
      if (next.done || this.#isClosed) return;
      const [key, queue] = next.value;
      this.#woken.delete(key);
      try {
        if (await this.#handOut(queue)) this.#woken.set(key, queue);
      } catch (error) {
        this.#log.error({ err: error, task_key: queue.task_key }, "Task runs could not be handed out yet");
      }
    }
  }

  /** Answers true when there may be more to hand out at once. */
  async #handOut({ workspace_id, task_key }: Queue): Promise<boolean> {
    const takers = this.#takersOf(workspace_id, task_key);
    if (takers.length === 0) return false;
    const task_worker_ids = takers.map(({ worker }) => worker.id);
    const claimed = await handOutTaskRuns(this.#context, { workspace_id, task_key, task_worker_ids });
    for (const { run, task_worker_id } of claimed) {
      const channel = this.#channels.get(task_worker_id);
      if (channel?.give(run)) this.#rotate(channel);
      else await takeBackTaskRuns(this.#context, task_worker_id, [run]);
    }
    return claimed.length === takers.length;
  }

  /** Connections with room that serve a task, each as often as it has room, taking turns. */
  #takersOf(workspaceId: WorkspaceId, taskKey: string): TaskWorkerChannel[] {
    const free = [...this.#channels.values()].filter(
      (channel) => channel.room > 0 && channel.serves(workspaceId, taskKey),
    );
    const takers: TaskWorkerChannel[] = [];
    for (let turn = 1; takers.length < MAX_BATCH; turn += 1) {
      const willing = free.filter(({ room }) => room >= turn);
      if (willing.length === 0) break;
      takers.push(...willing.slice(0, MAX_BATCH - takers.length));
    }
    return takers;
  }

  /** Who has just been served stands last. */
  #rotate(channel: TaskWorkerChannel): void {
    if (this.#channels.delete(channel.worker.id)) this.#channels.set(channel.worker.id, channel);
  }

  async #renew(): Promise<void> {
    const channels = [...this.#channels.values()];
    if (channels.length === 0) return;
    try {
      const kept = await renewTaskWorkers(
        this.#context,
        channels.map(({ worker }) => worker.id),
      );
      for (const channel of channels) if (!kept.has(channel.worker.id)) channel.taker.onLost();
    } catch (error) {
      this.#log.error({ err: error }, "The holds of task workers could not be renewed yet");
    }
  }

  #every(intervalMs: number, act: () => void): void {
    const timer = setInterval(act, intervalMs);
    timer.unref();
    this.#timers.add(timer);
  }
}

interface ChannelDependencies {
  readonly context: CommandContext;
  readonly onRoom: () => void;
  readonly onLeave: (departure: TaskWorkerDeparture) => Promise<void>;
}

/** One connection of a task worker. */
export class TaskWorkerChannel {
  readonly worker: TaskWorker;
  readonly taker: TaskRunTaker;
  readonly #dependencies: ChannelDependencies;
  /** What the worker had from an earlier connection, and still has. */
  readonly held: readonly TaskRunId[];
  /** What was given and not yet acknowledged (stock workers) or finished (ours). */
  readonly #inHand = new Map<TaskRunId, QueuedTaskRun | null>();
  #isOpen = true;

  constructor(
    worker: TaskWorker,
    taker: TaskRunTaker,
    held: readonly TaskRunId[],
    dependencies: ChannelDependencies,
  ) {
    this.worker = worker;
    this.taker = taker;
    this.held = held;
    this.#dependencies = dependencies;
    for (const id of held) this.#inHand.set(id, null);
  }

  /** How many runs may be given now; a stock worker gets the next one for the receipt of the last. */
  get room(): number {
    return this.#isOpen ? (this.worker.slots ?? 1) - this.#inHand.size : 0;
  }

  /** The run whose receipt is due. */
  get awaited(): TaskRunId | null {
    return this.#inHand.keys().next().value ?? null;
  }

  serves(workspaceId: WorkspaceId, taskKey: string): boolean {
    return this.worker.workspace_id === workspaceId && this.worker.task_keys.includes(taskKey);
  }

  give(run: TaskRun): boolean {
    if (!this.#isOpen || !this.taker.take(run)) return false;
    this.#inHand.set(run.id, run);
    return true;
  }

  /** A receipt, as stock workers send it. */
  async acknowledge(id: TaskRunId): Promise<void> {
    if (!this.#inHand.delete(id)) return;
    this.#dependencies.onRoom();
    await acknowledgeTaskRun(this.#dependencies.context, this.worker.id, id);
  }

  /** Runs have ended, as our workers say it. */
  async finish(ids: readonly TaskRunId[]): Promise<void> {
    const known = ids.filter((id) => this.#inHand.has(id));
    if (known.length === 0) return;
    await finishTaskRuns(this.#dependencies.context, this.worker.id, known);
    for (const id of known) this.#inHand.delete(id);
    this.#dependencies.onRoom();
  }

  /** Takes no more runs, and holds what it has. */
  drain(): void {
    this.#isOpen = false;
  }

  /** The connection is over. A run that was not acknowledged goes back to the queue at once. */
  async leave(departure: TaskWorkerDeparture): Promise<void> {
    this.#isOpen = false;
    const { context, onLeave } = this.#dependencies;
    if (this.worker.slots === null) {
      const given = [...this.#inHand.values()].filter((run) => run !== null);
      await takeBackTaskRuns(context, this.worker.id, given);
    }
    await onLeave(departure);
  }
}

type Queue = Pick<QueuedTaskRun, "workspace_id" | "task_key">;

function queuesOf({ workspace_id, task_keys }: TaskWorker): Queue[] {
  return task_keys.map((task_key) => ({ workspace_id, task_key }));
}

function queueKey(workspaceId: WorkspaceId, taskKey: string): string {
  return `${workspaceId}/${taskKey}`;
}
