/**
 * What happens to flow runs when their process goes down: they are reported Crashed, what was handed over is delivered,
 * and then the process ends the way it would have ended.
 *
 * Listeners are installed with the first flow run and stay: a program that ends by an error right after its last run still
 * has log lines and events to deliver. A program that has its own listener for a signal, or for uncaught errors, decides
 * itself; its runs go on.
 */
import { sleep } from "../clock.ts";
import { closeConnection } from "../connection.ts";
import { describeError } from "../errors.ts";
import { TerminationSignal } from "../engine-signals.ts";
import { flushTerminal, writeTerminalLine } from "../logging/terminal.ts";

export interface GuardedRun {
  /** Reports the run as Crashed. Never rejects. */
  crash(error: Error): Promise<void>;
}

/** A dying process tells of its runs for at most this long. */
const REPORT_SECONDS = 10;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** Node's own exit code for a program that awaits something which can't happen any more. */
const NOTHING_LEFT_EXIT_CODE = 13;

const guarded = new Set<GuardedRun>();
let isInstalled = false;
let isGoingDown = false;

/** Reports `run` as Crashed if the process goes down before the returned function is called. */
export function guardAgainstCrash(run: GuardedRun): () => void {
  if (!isInstalled) install();
  guarded.add(run);
  return () => {
    guarded.delete(run);
  };
}

function install(): void {
  isInstalled = true;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("uncaughtException", onUncaughtException);
  process.on("beforeExit", onNothingLeft);
}

function letSignalsThrough(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  if (isGoingDown || process.listenerCount(signal) > 1) return;
  isGoingDown = true;
  void reportCrash(new TerminationSignal(signal)).finally(() => {
    letSignalsThrough();
    process.kill(process.pid, signal);
  });
}

function onUncaughtException(error: Error): void {
  if (isGoingDown || process.listenerCount("uncaughtException") > 1) return;
  isGoingDown = true;
  writeTerminalLine(`Uncaught ${error.stack ?? describeError(error)}`);
  const message = `Execution was interrupted by an unexpected exception: ${describeError(error)}`;
  void reportCrash(new Error(message, { cause: error })).finally(() => process.exit(1));
}

/** Nothing is scheduled any more, so what the runs wait for will never come. */
function onNothingLeft(): void {
  if (isGoingDown || guarded.size === 0) return;
  isGoingDown = true;
  const error = new Error("Execution stopped: the run waits for something that can't happen any more.");
  void reportCrash(error).finally(() => {
    process.exitCode ??= NOTHING_LEFT_EXIT_CODE;
    process.exit();
  });
}

async function reportCrash(error: Error): Promise<void> {
  const reports = Promise.all(Array.from(guarded, (run) => run.crash(error)));
  await Promise.race([reports, sleep(REPORT_SECONDS)]);
  await closeConnection({ timeoutMs: REPORT_SECONDS * 1000 });
  flushTerminal();
}
