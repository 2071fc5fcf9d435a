import { formatTimestamp } from "@sluice/schemas";
import type { Variable } from "../../store/variables.ts";

export function presentVariable(variable: Variable) {
  return {
    id: variable.id,
    created: formatTimestamp(variable.created),
    updated: formatTimestamp(variable.updated),
    name: variable.name,
    value: variable.value,
    tags: variable.tags,
  };
}
