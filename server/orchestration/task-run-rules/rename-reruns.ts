import { StateName } from "@sluice/schemas";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** A second run says so in its name: Retrying after a wait for a retry, Rerunning otherwise. */
export const renameReruns: TaskRunRule = {
  kind: "rule",
  name: "RenameReruns",
  from: ANY,
  to: ["RUNNING"],
  before({ run, initial }) {
    if (initial === null || run.run_count === 0) return undefined;
    return {
      name: initial.name === StateName.AwaitingRetry ? StateName.Retrying : StateName.Rerunning,
    };
  },
};
