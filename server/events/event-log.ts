/** What this room says to the operator; a pino logger is one. */
export interface EventLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing. */
export const SILENT_LOG: EventLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
