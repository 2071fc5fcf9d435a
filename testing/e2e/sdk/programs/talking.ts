/** A flow that logs on and on, over many turns of the event loop. */
import { flow, getRunLogger } from "@sluice/sdk";

const talking = flow(async function talking() {
  for (let line = 0; line < 50; line += 1) {
    getRunLogger().info(`line ${line}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
});

await talking();
