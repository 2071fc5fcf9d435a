/** A task run's books: its states, the events that tell of them, and its log. */
import { RunLogger } from "../logging/run-logger.ts";
import { State } from "../states.ts";
import type { TaskRun } from "../task-run.ts";
import type { Transport } from "../transport/transport.ts";
import type { EventLabels } from "../transport/wire.ts";
import { type EmittedEvent, taskRunEvent } from "./task-run-event.ts";

export class TaskRunRecord<T> {
  readonly taskRun: TaskRun<T>;
  #transport: Transport | null = null;
  #related: EventLabels[] = [];
  #lastEvent: EmittedEvent | null = null;
  #logger: RunLogger | null = null;
  #isClosed = false;

  constructor(taskRun: TaskRun<T>) {
    this.taskRun = taskRun;
  }

  get state(): State<T> {
    return this.taskRun.state;
  }

  /** Null until the run is announced. */
  get transport(): Transport | null {
    return this.#transport;
  }

  /** True once the run was ended from outside; what the engine still has to say doesn't count. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get log(): RunLogger {
    this.#logger ??= new RunLogger(
      {
        loggerName: "prefect.task_runs",
        label: `Task run '${this.taskRun.name}'`,
        flowRunId: this.taskRun.flowRunId,
        taskRunId: this.taskRun.id,
      },
      this.#transport,
    );
    return this.#logger;
  }

  /** Tells the server of the run and its first state. `related` is what all its events are related to. */
  announce(transport: Transport, related: EventLabels[]): void {
    this.#transport = transport;
    this.#related = related;
    this.state.details = { task_run_id: this.taskRun.id, flow_run_id: this.taskRun.flowRunId };
    this.#emit(null);
  }

  /** Goes on with a run that the server has: its first own state says that this process has taken it. */
  adopt(transport: Transport, related: EventLabels[]): void {
    this.#transport = transport;
    this.#related = related;
    this.#lastEvent = { id: this.state.id, micros: this.state.timestampMicros };
    this.enter(new State<T>("PENDING", { details: { deferred: true } }));
  }

  rename(name: string): void {
    this.taskRun.name = name;
    this.#logger = null;
  }

  enter(state: State<T>): void {
    if (this.#isClosed) return;
    const last = this.state;
    this.taskRun.enter(state);
    this.#emit(last);
  }

  close(): void {
    this.#isClosed = true;
  }

  #emit(initialState: State | null): void {
    const { id, timestampMicros } = this.state;
    this.#transport?.emitEvent(taskRunEvent(this.taskRun, initialState, this.#lastEvent, this.#related));
    this.#lastEvent = { id, micros: timestampMicros };
  }
}
