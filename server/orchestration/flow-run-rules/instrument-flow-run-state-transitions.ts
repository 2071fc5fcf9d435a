import type { FlowRunTransform } from "../run-kinds.ts";

/** Every state that is written is told to the world. */
export const instrumentFlowRunStateTransitions: FlowRunTransform = {
  kind: "transform",
  name: "InstrumentFlowRunStateTransitions",
  after({ run, initial, validated }) {
    return {
      effects: [
        {
          kind: "emit_state_event",
          initial_state: initial,
          validated_state: validated,
          run_count: run.run_count,
        },
      ],
    };
  },
};
