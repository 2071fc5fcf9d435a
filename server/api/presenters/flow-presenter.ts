import { formatTimestamp } from "@sluice/schemas";
import type { Flow } from "../../store/flows.ts";

export function presentFlow(flow: Flow) {
  return {
    id: flow.id,
    created: formatTimestamp(flow.created),
    updated: formatTimestamp(flow.updated),
    name: flow.name,
    tags: flow.tags,
    labels: flow.labels,
  };
}
