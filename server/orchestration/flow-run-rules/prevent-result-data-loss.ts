import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { TERMINAL } from "../states.ts";
import { LOSES_RESULT, losesResult } from "./handle-flow-terminal-state-transitions.ts";

/** Not even a forced transition may drop a stored result. */
export const preventResultDataLoss: FlowRunRule = {
  kind: "rule",
  name: "PreventResultDataLoss",
  from: TERMINAL,
  to: TERMINAL,
  before({ initial, proposed }) {
    return initial !== null && losesResult(initial, proposed) ? reject(LOSES_RESULT) : undefined;
  },
};
