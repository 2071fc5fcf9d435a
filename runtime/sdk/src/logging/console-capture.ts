/**
 * `logPrints`: what user code prints becomes log records of the run that prints it.
 *
 * The global console is changed once per process. Whether and where a call is logged is decided per call from the async
 * context, so any number of runs can print at once, and code outside of runs prints as ever.
 */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { format } from "node:util";
import { currentContext } from "../context.ts";
import { LogLevel } from "./levels.ts";
import { getRunLogger } from "./run-logger.ts";

const LEVELS = {
  log: LogLevel.INFO,
  info: LogLevel.INFO,
  debug: LogLevel.DEBUG,
  warn: LogLevel.WARNING,
  error: LogLevel.ERROR,
  // Runs that print at once share the console, so groups are headed but not indented.
  group: LogLevel.INFO,
  groupCollapsed: LogLevel.INFO,
} as const;

/** Methods that lay text out themselves; what they print is caught as text. */
const LAYOUT_METHODS = [
  "assert",
  "count",
  "countReset",
  "dir",
  "dirxml",
  "table",
  "time",
  "timeEnd",
  "timeLog",
  "trace",
] as const;

let isInstalled = false;

/** Makes `logPrints` work in this process; further calls do nothing. */
export function installConsoleCapture(): void {
  if (isInstalled) return;
  isInstalled = true;
  const console = globalThis.console;
  for (const [method, level] of Object.entries(LEVELS)) {
    const name = method as keyof typeof LEVELS; // keys of the table above
    const print = console[name].bind(console);
    console[name] = (...args: unknown[]) => {
      if (isCaptured()) getRunLogger().log(level, [format(...args)]);
      else print(...args);
    };
  }
  const layout = new Console({ stdout: lineSink(LogLevel.INFO), stderr: lineSink(LogLevel.ERROR) });
  for (const method of LAYOUT_METHODS) {
    // The methods' parameters differ, but each console takes the same ones.
    const print = console[method].bind(console) as (...args: unknown[]) => void;
    const capture = layout[method].bind(layout) as (...args: unknown[]) => void;
    console[method] = (...args: unknown[]) => (isCaptured() ? capture(...args) : print(...args));
  }
}

function isCaptured(): boolean {
  const { logPrints, flow, task } = currentContext();
  return logPrints === true && (task !== null || flow !== null);
}

function lineSink(level: LogLevel): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      getRunLogger().log(level, [chunk.replace(/\n$/, "")]);
      done();
    },
  });
}
