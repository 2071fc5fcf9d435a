/** The server's log: JSON lines, or one readable line each when somebody is watching. */
import pino, { type DestinationStream, type Logger } from "pino";

export interface LoggerOptions {
  readonly level: string;
  /** True: readable lines for a person instead of JSON. */
  readonly pretty: boolean;
  readonly stream: NodeJS.WritableStream;
}

/** Keys whose values never reach the log, wherever an object is logged. */
const SECRET_PATHS = [
  "authorization",
  "token",
  "password",
  "authString",
  "*.authorization",
  "*.token",
  "*.password",
  "*.authString",
];

export function createLogger({ level, pretty, stream }: LoggerOptions): Logger {
  const destination: DestinationStream = pretty
    ? prettyStream(stream)
    : { write: (line) => stream.write(line) };
  return pino(
    {
      level,
      base: null,
      redact: { paths: SECRET_PATHS, censor: "********" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

function prettyStream(stream: NodeJS.WritableStream): DestinationStream {
  return { write: (line) => stream.write(`${prettyLine(line)}\n`) };
}

/** `12:00:01 info  Sluice listens on http://127.0.0.1:4200` and what else was logged as `key=value`. */
export function prettyLine(line: string): string {
  // The line is pino's own output.
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown> & {
    err?: { message?: string; stack?: string };
  };
  const clock = String(time).slice(11, 19);
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${shown(value)}`);
  const words = [clock, String(level).padEnd(5), msg ?? err?.message, ...pairs].filter(Boolean).join(" ");
  return err?.stack ? `${words}\n${err.stack}` : words;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
