import { reject } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** Keeps a COMPLETED state under its cache key. A key that is too long is said to be rejected and yet kept, as upstream does. */
export const cacheInsertion: TaskRunRule = {
  kind: "rule",
  name: "CacheInsertion",
  from: ANY,
  to: ["COMPLETED"],
  before({ proposed, context }) {
    const longest = context.settings.max_cache_key_length;
    if ((proposed.state_details.cache_key?.length ?? 0) <= longest) return undefined;
    return reject(`Cache key exceeded maximum allowed length of ${longest} characters.`, proposed);
  },
  after({ validated }) {
    const cacheKey = validated?.state_details.cache_key;
    if (!validated || !cacheKey) return undefined;
    return {
      effects: [
        {
          kind: "cache_state",
          cache_key: cacheKey,
          cache_expiration: validated.state_details.cache_expiration ?? null,
          state: validated,
        },
      ],
    };
  },
};
