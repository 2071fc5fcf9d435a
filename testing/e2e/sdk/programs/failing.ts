/** A flow that fails, in a program that doesn't catch it: the most ordinary of deaths. */
import { flow, getRunLogger } from "@sluice/sdk";

const failing = flow(async function failing() {
  getRunLogger().info("last words");
  throw new Error("no use");
});

await failing();
