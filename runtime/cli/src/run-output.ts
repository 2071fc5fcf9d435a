/** How runs look to people: their states and moments. */
import type { Colors } from "./streams.ts";

const PAINT_BY_TYPE: Readonly<Record<string, keyof Colors>> = {
  COMPLETED: "green",
  FAILED: "red",
  CRASHED: "red",
  CANCELLED: "yellow",
  CANCELLING: "yellow",
  RUNNING: "blue",
  PAUSED: "yellow",
};

/** The state's name in the colour of its type. */
export function stateLabel(
  type: string | null | undefined,
  name: string | null | undefined,
  colors: Colors,
): string {
  const label = name ?? type ?? "–";
  const paint = colors[PAINT_BY_TYPE[type ?? ""] ?? "reset"];
  return typeof paint === "function" ? paint(label) : label;
}

const STEPS: readonly (readonly [unit: string, seconds: number])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** `3 minutes ago`, `in 2 hours`, `now`. */
export function relativeTime(moment: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - moment.getTime()) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 0];
  if (size === 0) return "now";
  const count = Math.floor(Math.abs(seconds) / size);
  const amount = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

/** `2026-08-01 12:00:00.123` in local time. */
export function localTime(moment: Date): string {
  const offsetMs = moment.getTimezoneOffset() * 60_000;
  return new Date(moment.getTime() - offsetMs).toISOString().slice(0, 23).replace("T", " ");
}

/** `850 ms`, `12.3 s`, `4 min 10 s`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
