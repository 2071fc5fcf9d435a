/** Names of deployments that remember which parameters their flow takes. */
import type { Input } from "../input-types.ts";

/** A deployment of a flow with parameters `P`. Made by `flow.deployment(name)`, `flow.deploy(…)` and others. */
export interface DeploymentReference<P = never> {
  readonly flowName: string;
  readonly name: string;
  /** Never there; keeps the type of the parameters. */
  readonly [parametersOf]?: (parameters: P) => void;
}
declare const parametersOf: unique symbol;

/** Parameters over the deployment's own, each a value or a future of it. */
export type DeploymentParameters<P> = { readonly [K in keyof P]?: Input<P[K]> };

export function deploymentReference<P>(flowName: string, name: string): DeploymentReference<P> {
  return { flowName, name };
}
