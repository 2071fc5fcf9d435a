import { addSeconds } from "@sluice/schemas";
import type { CommandContext } from "../commands/context.ts";
import { markDeploymentUnpolled } from "../commands/poll-deployments.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

/** A deployment whose runs nobody has asked for this long is not ready (protocol section 5.6). */
const UNPOLLED_AFTER_SECONDS = 60;
const BATCH_SIZE = 200;

/** Marks deployments NOT_READY that nobody looks after any more. */
export function unpolledDeployments(context: CommandContext): Service {
  return {
    name: "unpolled-deployments",
    intervalMs: 15_000,
    async run(now, signal) {
      const since = addSeconds(now, -UNPOLLED_AFTER_SECONDS);
      const unpolled = await context.store.reads.deployments.listUnpolled(since, BATCH_SIZE);
      await forEachUntilStopped(unpolled, signal, (deployment) =>
        markDeploymentUnpolled(context, deployment, since),
      );
      return unpolled.length === BATCH_SIZE ? "more" : undefined;
    },
  };
}
