/** Options and arguments that several commands share. */
import { InvalidArgumentError, Option } from "commander";

/** How a reading command is asked for data instead of a table: `--json`, or as in Prefect's CLI `-o json`. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly output?: "json";
}

export function jsonOption(): Option {
  return new Option("--json", "print JSON with stable keys instead of a table");
}

export function outputOption(): Option {
  return new Option("-o, --output <format>", "the same as --json when the format is json")
    .choices(["json"])
    .hideHelp();
}

export function wantsJson(options: OutputOptions): boolean {
  return options.json === true || options.output === "json";
}

export function yesOption(): Option {
  return new Option("-y, --yes", "don't ask");
}

export function databaseOption(): Option {
  return new Option(
    "--database <url>",
    "sqlite:PATH or postgres://… (SLUICE_SERVER_DATABASE; default sluice.db in the home folder)",
  );
}

/** Parses a whole number of at least 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It should be a whole number of at least 1.");
  return value;
}

/** Parses a number of seconds, 0 or more. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError("It should be a number of seconds, 0 or more.");
  }
  return value;
}

/** Parses a TCP port. */
export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError("It should be a port from 0 to 65535.");
  return value;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Parses an id, so that a slip is told before a server is asked. */
export function id(text: string): string {
  if (!isId(text))
    throw new InvalidArgumentError("It should be an id, like 0198f0b2-5c1e-7d3a-9a44-0c2f6b1d8e57.");
  return text.toLowerCase();
}
