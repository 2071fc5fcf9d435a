/** The state types as an option takes them. */
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
