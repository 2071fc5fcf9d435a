import { StateName } from "@sluice/schemas";
import { reject } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** What was computed before under the same key is not computed again. */
export const cacheRetrieval: TaskRunRule = {
  kind: "rule",
  name: "CacheRetrieval",
  from: ANY,
  to: ["RUNNING"],
  before({ facts, proposed }) {
    const { cache_key, refresh_cache } = proposed.state_details;
    const cached = facts.cached_state;
    if (!cache_key || refresh_cache || cached === null) return undefined;
    const { type, message, data, state_details } = cached;
    return reject("Retrieved state from cache", {
      type,
      name: StateName.Cached,
      message,
      data,
      state_details,
    });
  },
};
