/** Serves a flow with a schedule. */
import { flow } from "@sluice/sdk";

export const ticking = flow(async function ticking() {});

if (import.meta.main) await ticking.serve({ name: "often", interval: 2, pollIntervalSeconds: 1 });
