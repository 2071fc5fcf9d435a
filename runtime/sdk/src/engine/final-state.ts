/** How a returned value decides the state in which a run ends. */
import type { StateType } from "@sluice/schemas";
import { RunFuture } from "../futures.ts";
import { State } from "../states.ts";

/**
 * - A state made by user code is taken as it is.
 * - States of other runs, alone or in an array or set, decide together: all completed, or cancelled if any was, or
 *   paused if any is, else failed.
 * - Anything else is a completed run's value.
 */
export function returnValueToState(value: unknown): State {
  if (value instanceof State && isUnowned(value)) return value;
  const states = statesIn(value);
  if (!states) return new State("COMPLETED", { data: value });
  const { type, message } = aggregate(states);
  return new State(type, { message, data: value });
}

/** Futures in an array or set, or a lone one, replaced by their states once they have ended; else the value itself. */
export async function futuresToStates(value: unknown): Promise<unknown> {
  if (value instanceof RunFuture) {
    await value.wait();
    return value.state;
  }
  const items = Array.isArray(value) ? value : value instanceof Set ? [...value] : null;
  if (!items?.some((item) => item instanceof RunFuture)) return value;
  return Promise.all(items.map(futuresToStates));
}

function isUnowned(state: State): boolean {
  return !state.details.flow_run_id && !state.details.task_run_id;
}

function statesIn(value: unknown): State[] | null {
  if (value instanceof State) return [value];
  const items: unknown[] = Array.isArray(value) ? value : value instanceof Set ? [...value] : [];
  return items.length > 0 && items.every((item) => item instanceof State) ? items : null;
}

function aggregate(states: readonly State[]): { type: StateType; message: string } {
  const total = states.length;
  const count = (type: StateType) => states.filter((state) => state.type === type).length;
  if (count("COMPLETED") === total) return { type: "COMPLETED", message: "All states completed." };
  if (count("CANCELLED")) {
    return { type: "CANCELLED", message: `${count("CANCELLED")}/${total} states cancelled.` };
  }
  if (count("PAUSED")) return { type: "PAUSED", message: `${count("PAUSED")}/${total} states paused.` };
  if (count("FAILED")) return { type: "FAILED", message: `${count("FAILED")}/${total} states failed.` };
  const unfinished = states.filter((state) => !state.isFinal()).length;
  if (unfinished) return { type: "FAILED", message: `${unfinished}/${total} states are not final.` };
  return { type: "FAILED", message: `${count("CRASHED")}/${total} states crashed.` };
}

/** States in a returned array replaced by their values, for the caller of a flow that completed. */
export async function valuesOfStates(value: unknown): Promise<unknown> {
  if (value instanceof State) return value.isCompleted() ? value.result() : value;
  const states = statesIn(value);
  return states ? Promise.all(states.map(valuesOfStates)) : value;
}
