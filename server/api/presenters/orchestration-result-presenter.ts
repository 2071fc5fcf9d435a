import type { OrchestrationResult } from "@sluice/schemas";
import { presentStateOrNull } from "./state-presenter.ts";

export function presentOrchestrationResult({ state, status, details }: OrchestrationResult) {
  return { state: presentStateOrNull(state), status, details };
}
