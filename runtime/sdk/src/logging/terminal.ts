/**
 * Log lines on standard error. Lines of one turn of the event loop leave in one write: a write per line costs more than
 * a task.
 */
import { writeSync } from "node:fs";

const STANDARD_ERROR = 2;
/** At this many bytes waiting lines are written at once. */
const WRITE_AT = 64 * 1024;

let waiting = "";
let isScheduled = false;
let isWatching = false;

export function writeTerminalLine(line: string): void {
  waiting += `${line}\n`;
  if (waiting.length >= WRITE_AT) flushTerminal();
  else if (!isScheduled) {
    isScheduled = true;
    setImmediate(flushTerminal);
    if (!isWatching) watch();
  }
}

/** Writes what waits. */
export function flushTerminal(): void {
  isScheduled = false;
  if (waiting === "") return;
  const text = waiting;
  waiting = "";
  process.stderr.write(text);
}

function watch(): void {
  isWatching = true;
  // `… | head` closes the pipe early. A run must not crash because nobody reads its lines; they are at the server too.
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  // `process.exit` runs no immediates; what waits then is written synchronously.
  process.on("exit", () => {
    if (waiting === "") return;
    try {
      writeSync(STANDARD_ERROR, waiting);
    } catch {
      // Standard error is closed or full; nobody is left to tell.
    }
  });
}
