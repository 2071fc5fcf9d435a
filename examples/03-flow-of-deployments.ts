/**
 * Pattern 3: a flow of deployments. The parent knows its children by name alone: each is deployed, run and scaled on its
 * own, in a process or on a machine of its own, and still has its place under the parent.
 *
 * The Python twin is `03_flow_of_deployments.py`; either parent can run the other's children.
 */
import { flow, runDeployment, serve } from "sluice";
import { z } from "zod";
import { catFact, dogFact } from "./fact-services.ts";

export const reportCatFact = flow(
  async function reportCatFact({ maxLength }: { maxLength: number }) {
    console.log(`🐱: ${await catFact(maxLength)}`);
  },
  { parameters: z.object({ maxLength: z.number().int().positive().default(140) }), logPrints: true },
);

export const reportDogFact = flow(
  async function reportDogFact() {
    console.log(`🐶: ${await dogFact()}`);
  },
  { logPrints: true },
);

export const petReport = flow(
  async function petReport() {
    // By reference the parameters are checked by the compiler; by name the deployment may be anybody's.
    const cat = await runDeployment(reportCatFact.deployment("pets"), { parameters: { maxLength: 100 } });
    const dog = await runDeployment("report-dog-fact/pets", { timeoutSeconds: 60 });
    console.log(`the cats' report is ${cat.state.name}, the dogs' ${dog.state.name}`);
  },
  { logPrints: true },
);

if (import.meta.main) {
  const deployments = [
    reportCatFact.toDeployment({ name: "pets" }),
    reportDogFact.toDeployment({ name: "pets" }),
  ];
  for (const deployment of deployments) await deployment.apply();
  // Somewhere else, usually: any program that serves them, or the workers of a pool.
  const stopping = new AbortController();
  const serving = serve(...deployments, { signal: stopping.signal });
  await petReport();
  stopping.abort();
  await serving;
}
