/** A task run as its own process keeps it: the engine's record, and what hooks and conditions are given. */
import { type Timestamp, timestampToMilliseconds } from "@sluice/schemas";
import type { State } from "./states.ts";
import type { TaskRunInput, TaskRunPolicy } from "./transport/wire.ts";

/** Task runs are decided where they run; the server learns of them from events (protocol section 4.1). */
export class TaskRun<T = unknown> {
  readonly id: string;
  name: string;
  readonly flowRunId: string | null;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly taskVersion: string | null;
  readonly tags: readonly string[];
  readonly policy: TaskRunPolicy;
  taskInputs: Record<string, TaskRunInput[]>;
  state: State<T>;
  /** Attempts so far. */
  runCount = 0;
  /** The flow run's attempt in which this run started. */
  flowRunRunCount = 0;
  readonly expectedStartMicros: Timestamp;
  startMicros: Timestamp | null = null;
  endMicros: Timestamp | null = null;
  /** Time in RUNNING states over all attempts. */
  totalRunMicros = 0;

  constructor(init: TaskRunInit<T>) {
    this.id = init.id;
    this.name = init.name;
    this.flowRunId = init.flowRunId;
    this.taskKey = init.taskKey;
    this.dynamicKey = init.dynamicKey;
    this.taskVersion = init.taskVersion;
    this.tags = init.tags;
    this.policy = init.policy;
    this.taskInputs = init.taskInputs;
    this.state = init.state;
    this.expectedStartMicros = init.expectedStartMicros ?? init.state.timestampMicros;
  }

  get expectedStartTime(): Date {
    return new Date(timestampToMilliseconds(this.expectedStartMicros));
  }

  get startTime(): Date | null {
    return this.startMicros === null ? null : new Date(timestampToMilliseconds(this.startMicros));
  }

  get endTime(): Date | null {
    return this.endMicros === null ? null : new Date(timestampToMilliseconds(this.endMicros));
  }

  /** Seconds in RUNNING states over all attempts. */
  get totalRunTime(): number {
    return this.totalRunMicros / 1_000_000;
  }

  /** Moves the run to `next` and keeps its books: counts, moments, time spent running. */
  enter(next: State<T>): void {
    const last = this.state;
    // A state's moment is unique within its run, and the recorder keeps the latest (protocol section 4.3).
    if (next.timestampMicros <= last.timestampMicros) {
      next.timestampMicros = (last.timestampMicros + 1) as Timestamp;
    }
    if (last.isRunning()) this.totalRunMicros += next.timestampMicros - last.timestampMicros;
    if (next.isRunning()) {
      this.runCount += 1;
      this.startMicros ??= next.timestampMicros;
    }
    if (next.isFinal() && this.startMicros !== null) this.endMicros ??= next.timestampMicros;
    next.details.task_run_id = this.id;
    if (this.flowRunId !== null) next.details.flow_run_id = this.flowRunId;
    this.state = next;
  }
}

export interface TaskRunInit<T> {
  id: string;
  name: string;
  flowRunId: string | null;
  taskKey: string;
  dynamicKey: string;
  taskVersion: string | null;
  tags: readonly string[];
  policy: TaskRunPolicy;
  taskInputs: Record<string, TaskRunInput[]>;
  state: State<T>;
  /** Default: the moment of the state. */
  expectedStartMicros?: Timestamp;
}
