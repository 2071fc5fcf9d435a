/**
 * Executes runs of background tasks as the server gives them, until it is told to stop.
 *
 * 1. A run that was given is executed here, or it is lost with the connection and given to somebody else: the server
 *    takes the connection's end for this process's, unless it is back within seconds.
 * 2. A run is done only when all its states have arrived; its arguments are removed before that is said.
 * 3. A run that was given to somebody else while the connection was broken is stopped, and tells nothing any more.
 */
import { hostname } from "node:os";
import { StreamRefused, type TaskRunStream } from "@sluice/client";
import { newRandomId } from "@sluice/schemas";
import { callAfter } from "../clock.ts";
import { runInContext } from "../context.ts";
import type { TaskDefinition } from "../engine/task-definition.ts";
import { type TakenRun, takeTaskRun } from "../engine/task-engine.ts";
import { describeError } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import { writeTerminalLine } from "../logging/terminal.ts";
import type { Transport } from "../transport/transport.ts";
import type { TaskRunResponse } from "../transport/wire.ts";
import { readArguments, removeArguments, storeOutcome } from "./stored-values.ts";

export interface TaskWorkerInit {
  readonly transport: Transport;
  readonly tasks: readonly TaskDefinition[];
  /** How many runs go on at once. */
  readonly limit: number;
}

const KEEP_ALIVE_MS = 60_000;
const FIRST_RECONNECT_SECONDS = 0.2;
const LONGEST_RECONNECT_SECONDS = 5;

export class TaskWorker {
  /** What this process calls itself; no other one does. */
  readonly clientId = `${hostname()}-${process.pid}-${newRandomId().slice(0, 8)}`;
  readonly #init: TaskWorkerInit;
  readonly #tasks: ReadonlyMap<string, TaskDefinition>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #taken = new Map<string, TakenRun>();
  readonly #lost = new Set<string>();
  /** Given by a server that waits for the receipt, which is sent when there is room. */
  #held: TaskRunResponse | null = null;
  #stream: TaskRunStream | null = null;
  /** Done, and the server has yet to be told. */
  readonly #finished = new Set<string>();
  #isStopping = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(init: TaskWorkerInit) {
    this.#init = init;
    this.#tasks = new Map(init.tasks.map((task) => [task.backgroundKey, task]));
  }

  /** How many runs are under way. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Works until {@link stop}, and then until the last run has ended.
   * @throws the client's error when the first connection can't be had
   */
  async run(): Promise<void> {
    // A server in this process has no open connection that would keep the process alive.
    const alive = setInterval(() => {}, KEEP_ALIVE_MS);
    try {
      await this.#connect();
      await this.#ended.promise;
      await Promise.all(this.#running.values());
    } finally {
      clearInterval(alive);
      this.#stream?.close();
    }
  }

  /** Takes no more runs. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#held = null;
    this.#stream?.drain();
    this.#ended.resolve();
  }

  async #connect(): Promise<void> {
    let stream: TaskRunStream | null = null;
    let isLost = false;
    stream = await this.#init.transport.subscribeTaskRuns(
      {
        keys: [...this.#tasks.keys()],
        clientId: this.clientId,
        slots: this.#init.limit,
        holding: [...this.#running.keys()],
      },
      {
        onTaskRun: (run) => this.#give(run),
        onLost: (ids) => this.#lose(ids),
        onClose: () => {
          isLost = true;
          if (stream !== null && this.#stream === stream) this.#reconnect();
        },
      },
    );
    this.#stream = stream;
    if (isLost) return this.#reconnect();
    this.#tellFinished();
    if (this.#isStopping) stream.drain();
  }

  #reconnect(failures = 0): void {
    this.#stream = null;
    // What was not begun is given again.
    this.#held = null;
    if (this.#isStopping && this.#running.size === 0) return;
    const seconds = Math.min(LONGEST_RECONNECT_SECONDS, FIRST_RECONNECT_SECONDS * 2 ** failures);
    callAfter(seconds * (0.8 + 0.4 * Math.random()), () => {
      this.#connect().catch((error: unknown) => {
        if (failures === 0 || error instanceof StreamRefused) {
          writeTerminalLine(`The task worker lost its server: ${describeError(error)}`);
        }
        this.#reconnect(failures + 1);
      });
    });
  }

  #give(run: TaskRunResponse): void {
    if (this.#isStopping || this.#running.has(run.id)) return;
    if (this.#running.size >= this.#init.limit) {
      this.#held = run;
      return;
    }
    this.#stream?.begin();
    const done = this.#execute(run).finally(() => {
      this.#running.delete(run.id);
      this.#taken.delete(run.id);
      this.#finished.add(run.id);
      this.#tellFinished();
      const held = this.#held;
      this.#held = null;
      if (held) this.#give(held);
    });
    this.#running.set(run.id, done);
  }

  #tellFinished(): void {
    if (!this.#stream || this.#finished.size === 0) return;
    this.#stream.finish([...this.#finished]);
    this.#finished.clear();
  }

  #lose(ids: readonly string[]): void {
    for (const id of ids) {
      const taken = this.#taken.get(id);
      if (!taken) continue;
      this.#lost.add(id);
      taken.abandon(new Error("The run was given to another task worker."));
      writeTerminalLine(`Task run ${id} was given to another task worker while the server was out of reach.`);
    }
  }

  async #execute(run: TaskRunResponse): Promise<void> {
    const { transport } = this.#init;
    const task = this.#tasks.get(run.task_key);
    // The server gives runs of the tasks that were asked for.
    if (!task) return;
    const parametersId = run.state?.state_details?.task_parameters_id ?? null;
    const context = { flow: null, task: null, tags: [], logPrints: null, dryRun: null, transport };
    const taken = runInContext(context, () =>
      takeTaskRun(task, {
        run,
        interruption: new Interruption(),
        readArguments: async () => (parametersId === null ? [] : await readArguments(parametersId)),
        storeOutcome: (outcome) => storeOutcome(run.id, outcome),
      }),
    );
    this.#taken.set(run.id, taken);
    await taken.future.wait();
    await transport.flush();
    // Another worker may need them.
    if (parametersId !== null && !this.#lost.delete(run.id)) {
      await removeArguments(parametersId).catch((error: unknown) =>
        writeTerminalLine(`Arguments of task run ${run.id} could not be removed: ${describeError(error)}`),
      );
    }
  }
}
