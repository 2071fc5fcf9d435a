/** State types, without the contract: loading its schemas would cost the start-up of every `--help`. */
import { InvalidArgumentError } from "commander";

/** The contract's closed set (protocol section 3.1), checked by the compiler against the filter's type. */
const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "PAUSED",
  "CANCELLING",
  "CANCELLED",
  "COMPLETED",
  "FAILED",
  "CRASHED",
] as const;

type StateTypeName = (typeof STATE_TYPES)[number];

/** Collects a repeated option; any letter case. */
export function stateTypes(text: string, previous: readonly StateTypeName[] = []): StateTypeName[] {
  const type = STATE_TYPES.find((known) => known === text.toUpperCase());
  if (!type) throw new InvalidArgumentError(`It should be one of ${STATE_TYPES.join(", ")}.`);
  return [...previous, type];
}

const TERMINAL_TYPES: readonly string[] = [
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
] satisfies StateTypeName[];

/** True for a state that ends a run. */
export function isTerminal(type: string | null): boolean {
  return TERMINAL_TYPES.includes(type ?? "");
}
