/** Lengths of time on the wire: a number of seconds, or an ISO 8601 duration (protocol section 0). */
import { z } from "zod";

const ISO_DURATION =
  /^(-?)P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECONDS_PER_UNIT = [604_800, 86_400, 3600, 60, 1] as const;

/** Seconds of an ISO 8601 duration without years and months, whose length is not fixed; null for anything else. */
export function parseIsoDuration(text: string): number | null {
  const match = ISO_DURATION.exec(text);
  if (!match || text.endsWith("P") || text.endsWith("T")) return null;
  const [, sign, ...amounts] = match;
  const seconds = SECONDS_PER_UNIT.reduce((sum, unit, index) => sum + unit * Number(amounts[index] ?? 0), 0);
  return sign === "-" ? -seconds : seconds;
}

/** A length of time in a message, as a number of seconds. */
export const secondsInput = z.union([z.number(), z.string()]).transform((value, context) => {
  const seconds = typeof value === "number" ? value : parseIsoDuration(value);
  if (seconds !== null) return seconds;
  context.addIssue({
    code: "custom",
    message: "Input should be a number of seconds or an ISO 8601 duration",
  });
  return z.NEVER;
});
