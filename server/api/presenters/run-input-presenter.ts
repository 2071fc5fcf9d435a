import { formatTimestamp } from "@sluice/schemas";
import type { FlowRunInput } from "../../store/flow-run-inputs.ts";

export function presentRunInput(input: FlowRunInput) {
  return {
    id: input.id,
    created: formatTimestamp(input.created),
    updated: formatTimestamp(input.updated),
    flow_run_id: input.flow_run_id,
    key: input.key,
    value: input.value,
    sender: input.sender,
  };
}
