/** Registering deployments for workers to run (protocol section 5.1). */
import { DefinitionError } from "../errors.ts";
import { writeTerminalLine } from "../logging/terminal.ts";
import { isImportingDefinitions } from "../module-import.ts";
import { Deployment } from "./deployment.ts";
import type { WorkPoolOptions } from "./deployment-options.ts";

/**
 * Makes the deployments at the server, or changes those of the same names, for the workers of a pool.
 *
 * ```ts
 * await deploy(fetchFacts.toDeployment({ name: "hourly", cron: "0 * * * *" }), { workPoolName: "local" });
 * ```
 * @returns their ids, in the order of the deployments
 * @throws DefinitionError without deployments, and what {@link Deployment.apply} throws
 */
export async function deploy(
  ...args: readonly [...deployments: Deployment<never>[], options: WorkPoolOptions]
): Promise<string[]> {
  const deployments = args.filter((value) => value instanceof Deployment);
  const options = args.at(-1);
  if (deployments.length === 0) {
    throw new DefinitionError("deploy() needs a deployment: flow.toDeployment({ name }).");
  }
  if (!options || options instanceof Deployment || !options.workPoolName) {
    throw new DefinitionError("deploy() needs a work pool, as its last argument: { workPoolName }.");
  }
  if (isImportingDefinitions()) {
    writeTerminalLine(
      "deploy() does nothing while the process of a run imports its module. Guard it: if (import.meta.main) { … }",
    );
    return [];
  }
  const ids: string[] = [];
  for (const deployment of deployments) ids.push(await deployment.apply(options));
  return ids;
}
