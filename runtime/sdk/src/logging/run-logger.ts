/** Loggers bound to a run: records go to the server with the run's ids, and to the terminal. */
import { format } from "node:util";
import { formatTimestamp, type Timestamp } from "@sluice/schemas";
import { now } from "../clock.ts";
import { connectedTransport } from "../connection.ts";
import { currentContext } from "../context.ts";
import { MissingContextError } from "../errors.ts";
import type { FlowRun } from "../flow-run.ts";
import { sdkSettings } from "../sdk-settings.ts";
import type { TaskRun } from "../task-run.ts";
import type { Transport } from "../transport/transport.ts";
import { LogLevel, logLevelName, logLevelOf } from "./levels.ts";
import { writeTerminalLine } from "./terminal.ts";

/** What a logger writes about its run. */
export interface LoggedRun {
  /** `prefect.flow_runs` or `prefect.task_runs`, as on every record on the wire. */
  readonly loggerName: string;
  /** `Flow run 'tidy-otter'`: what lines on the terminal start with. */
  readonly label: string;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
}

/** Writes records of one run. Arguments are put together as `console.log` does. */
export class RunLogger {
  readonly #run: LoggedRun;
  readonly #transport: Transport | null;

  constructor(run: LoggedRun, transport: Transport | null) {
    this.#run = run;
    this.#transport = transport;
  }

  debug(...args: readonly unknown[]): void {
    this.log(LogLevel.DEBUG, args);
  }

  info(...args: readonly unknown[]): void {
    this.log(LogLevel.INFO, args);
  }

  warning(...args: readonly unknown[]): void {
    this.log(LogLevel.WARNING, args);
  }

  /** The same as {@link warning}, by JavaScript's usual name. */
  warn(...args: readonly unknown[]): void {
    this.log(LogLevel.WARNING, args);
  }

  error(...args: readonly unknown[]): void {
    this.log(LogLevel.ERROR, args);
  }

  critical(...args: readonly unknown[]): void {
    this.log(LogLevel.CRITICAL, args);
  }

  /** @internal */
  log(level: LogLevel, args: readonly unknown[]): void {
    const settings = sdkSettings();
    if (level < logLevelOf(settings.loggingLevel)) return;
    const message = args.length === 1 && typeof args[0] === "string" ? args[0] : format(...args);
    const moment = now();
    writeTerminalLine(terminalLine(moment, level, this.#run.label, message));
    // The server keeps logs by flow run; a task's own without one stay on the terminal.
    if (this.#run.flowRunId === null || !settings.loggingToApiEnabled) return;
    (this.#transport ?? connectedTransport())?.writeLog({
      name: this.#run.loggerName,
      level,
      message,
      timestamp: formatTimestamp(moment),
      flow_run_id: this.#run.flowRunId,
      task_run_id: this.#run.taskRunId,
    });
  }

  /** @internal Only for people at the terminal. */
  say(message: string): void {
    if (LogLevel.INFO < logLevelOf(sdkSettings().loggingLevel)) return;
    writeTerminalLine(terminalLine(now(), LogLevel.INFO, this.#run.label, message));
  }
}

/**
 * The logger of the run that the current code is part of.
 * @throws MissingContextError outside of runs
 */
export function getRunLogger(): RunLogger {
  const { flow, task } = currentContext();
  if (task) return taskRunLogger(task.taskRun);
  if (flow) return flowRunLogger(flow.flowRun);
  throw new MissingContextError("There is no active flow or task run context.");
}

/** A logger for code that runs beside the run, such as hooks. */
export function flowRunLogger(flowRun: Pick<FlowRun, "id" | "name">): RunLogger {
  return new RunLogger(
    {
      loggerName: "prefect.flow_runs",
      label: `Flow run '${flowRun.name}'`,
      flowRunId: flowRun.id,
      taskRunId: null,
    },
    connectedTransport(),
  );
}

/** A logger for code that runs beside the run, such as hooks. */
export function taskRunLogger(taskRun: Pick<TaskRun, "id" | "name" | "flowRunId">): RunLogger {
  return new RunLogger(
    {
      loggerName: "prefect.task_runs",
      label: `Task run '${taskRun.name}'`,
      flowRunId: taskRun.flowRunId,
      taskRunId: taskRun.id,
    },
    connectedTransport(),
  );
}

function terminalLine(moment: Timestamp, level: LogLevel, label: string, message: string): string {
  const time = new Date(moment / 1000);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, "0")}`;
  return `${clock} | ${logLevelName(level).padEnd(7)} | ${label} - ${message}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
