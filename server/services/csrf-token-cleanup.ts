import type { Store } from "../store/store.ts";
import type { Service } from "./service.ts";

/** Deletes the tokens of clients that never came back for a new one. */
export function csrfTokenCleanup({ store }: { readonly store: Store }): Service {
  return {
    name: "csrf-token-cleanup",
    intervalMs: 600_000,
    async run(now) {
      await store.transaction((tx) => tx.csrfTokens.deleteExpired(now));
      return undefined;
    },
  };
}
