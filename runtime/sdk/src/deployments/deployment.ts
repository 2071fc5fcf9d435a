/** A flow made runnable elsewhere: by name, with parameters and schedules of its own (protocol section 5.1). */
import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "../connection.ts";
import type { FlowDefinition } from "../engine/flow-definition.ts";
import { DefinitionError } from "../errors.ts";
import { describeParameters, serializeParameters } from "../parameters.ts";
import type { DeploymentCreate } from "../transport/deployments-transport.ts";
import type { DeploymentOptions, WorkPoolOptions } from "./deployment-options.ts";
import type { DeploymentReference } from "./deployment-reference.ts";
import { schedulesOf } from "./schedules.ts";

/** Made by `flow.toDeployment(…)`. Nothing is at the server before {@link apply}, `serve(…)` or `deploy(…)`. */
export class Deployment<P = never> implements DeploymentReference<P> {
  readonly flowName: string;
  readonly name: string;
  readonly #body: Omit<DeploymentCreate, "flow_id">;

  /** @throws DefinitionError for options that can't be used */
  constructor(flow: FlowDefinition, options: DeploymentOptions<P>) {
    this.flowName = flow.name;
    this.name = options.name;
    if (typeof options.name !== "string" || options.name === "" || options.name.includes("/")) {
      throw new DefinitionError(
        `Flow '${flow.name}': a deployment needs a name without slashes, got '${options.name}'.`,
      );
    }
    const path = options.path ?? process.cwd();
    this.#body = {
      name: options.name,
      entrypoint: options.entrypoint ?? entrypointOf(flow, path),
      path,
      version: options.version ?? flow.version,
      description: options.description ?? flow.description,
      tags: [...(options.tags ?? [])],
      parameters: serializeParameters({ ...options.parameters }),
      parameter_openapi_schema: describeParameters(flow.name, flow.parameterSchema),
      enforce_parameter_schema: options.enforceParameterSchema ?? flow.parameterSchema !== null,
      schedules: schedulesOf(options.name, options),
      paused: options.paused ?? false,
      ...concurrencyOf(options),
    };
  }

  /** `flow-name/deployment-name`. */
  get fullName(): string {
    return `${this.flowName}/${this.name}`;
  }

  /**
   * Makes the deployment at the server, or changes the one of this name. Its schedules become the ones given here.
   * @returns its id
   * @throws ObjectNotFound when there is no such work pool, ValidationError for parameters or variables that are refused
   */
  async apply(workPool?: WorkPoolOptions): Promise<string> {
    const transport = await connect();
    const flow = await transport.createFlow({ name: this.flowName });
    const deployment = await transport.deployments.create({
      ...this.#body,
      flow_id: flow.id,
      ...(workPool ? workPoolFields(workPool) : {}),
    });
    return deployment.id;
  }
}

function workPoolFields(workPool: WorkPoolOptions): Partial<DeploymentCreate> {
  return {
    work_pool_name: workPool.workPoolName,
    work_queue_name: workPool.workQueueName ?? null,
    job_variables: { ...workPool.jobVariables },
    pull_steps: [...(workPool.pullSteps ?? [])],
    // Steps bring the code to a place that only they know.
    ...(workPool.pullSteps?.length ? { path: null } : {}),
  };
}

/** The flow's file from `folder`, with the name under which it is most likely exported; loading accepts others too. */
function entrypointOf(flow: FlowDefinition, folder: string): string {
  if (flow.moduleUrl === null) {
    throw new DefinitionError(
      `Flow '${flow.name}': the file that declares it can't be told. Give the option entrypoint: "path/file.ts:exportName".`,
    );
  }
  const file = fileURLToPath(flow.moduleUrl);
  const within = relative(folder, file);
  const isOutside = within.startsWith("..") || isAbsolute(within);
  return `${isOutside ? file : within}:${flow.fn.name || flow.name}`;
}

function concurrencyOf({
  concurrencyLimit,
}: Pick<DeploymentOptions, "concurrencyLimit">): Partial<DeploymentCreate> {
  if (concurrencyLimit === undefined) return {};
  if (typeof concurrencyLimit === "number") return { concurrency_limit: concurrencyLimit };
  const { limit, collisionStrategy = "ENQUEUE", gracePeriodSeconds } = concurrencyLimit;
  return {
    concurrency_limit: limit,
    concurrency_options: {
      collision_strategy: collisionStrategy,
      ...(gracePeriodSeconds === undefined ? {} : { grace_period_seconds: gracePeriodSeconds }),
    },
  };
}
