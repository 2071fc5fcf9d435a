/** Levels of log records, with the numbers that they have on the wire. */
export const LogLevel = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];
export type LogLevelName = keyof typeof LogLevel;

const NAMES = new Map<number, LogLevelName>(
  Object.entries(LogLevel).map(([name, level]) => [level, name as LogLevelName]), // keys of the table above
);

export function logLevelName(level: LogLevel): LogLevelName {
  return NAMES.get(level) ?? "INFO";
}

/** The level of a name in any letter case; INFO for anything else. */
export function logLevelOf(name: string): LogLevel {
  const upper = name.toUpperCase();
  if (upper === "WARN") return LogLevel.WARNING;
  return upper in LogLevel ? LogLevel[upper as LogLevelName] : LogLevel.INFO;
}
