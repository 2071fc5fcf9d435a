/** The shape of state hooks, whatever their run. */
import type { State } from "../states.ts";

/** Called when a run enters a state. */
export type Hook<Definition, Run> = (definition: Definition, run: Run, state: State) => unknown;

/** One or many hooks, as options take them. */
export function hookList<H>(hooks: H | readonly H[] | undefined): readonly H[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks as H]; // not an array, so it is one hook
}
