/** Flows: functions whose calls are runs on the server. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { currentContext, runWithContext } from "./context.ts";
import { deploy } from "./deployments/deploy.ts";
import { Deployment } from "./deployments/deployment.ts";
import type { DeploymentOptions, WorkPoolOptions } from "./deployments/deployment-options.ts";
import { type DeploymentReference, deploymentReference } from "./deployments/deployment-reference.ts";
import { callerModuleUrl, definitionKey, fileVersion } from "./definition-site.ts";
import type { FlowDefinition } from "./engine/flow-definition.ts";
import { startFlowRun } from "./engine/flow-engine.ts";
import { hookList } from "./engine/hook.ts";
import type { RunNameTemplate } from "./engine/name-template.ts";
import { DefinitionError, describeError } from "./errors.ts";
import type { FlowRun } from "./flow-run.ts";
import type { FlowRunFuture } from "./futures.ts";
import type { Input, RunResult } from "./input-types.ts";
import {
  describeParameters,
  type ParameterOpenapiSchema,
  type ParameterSchema,
  validateParameters,
} from "./parameters.ts";
import { ConcurrentTaskRunner } from "./runners/concurrent-task-runner.ts";
import type { TaskRunner } from "./runners/task-runner.ts";
import { sdkSettings } from "./sdk-settings.ts";
import { serve, type ServeOptions, serveOptionsOf } from "./serving/serve.ts";
import type { State } from "./states.ts";
import { DryRun } from "./visualization/dry-run.ts";
import { toMermaid } from "./visualization/mermaid.ts";

/** Called when a run of the flow enters a state. Errors in it are logged and change nothing. */
export type FlowHook<P = never, R = unknown> = (
  flow: Flow<P, R>,
  flowRun: FlowRun,
  state: State,
) => void | Promise<void>;

export interface FlowOptions<P = never, R = unknown> {
  /** Default: the function's name in kebab case: `animalFacts` is `animal-facts`. */
  name?: string;
  description?: string;
  /** Default: a hash of the file that declares the flow. */
  version?: string;
  /** `"hello-{name}"` over the parameters, or a function of them. Default: an adjective and an animal. */
  flowRunName?: RunNameTemplate;
  /** How often a failed run is tried again. Default 0, or the setting `SLUICE_FLOWS_DEFAULT_RETRIES`. */
  retries?: number;
  /** Whole seconds before a retry. Default 0. */
  retryDelaySeconds?: number;
  /** Seconds after which the run fails as TimedOut; `runtime.signal` then tells the function to stop. */
  timeoutSeconds?: number;
  /** Whether `parameters` is applied when the flow is called. Default true. */
  validateParameters?: boolean;
  /** Whether console output becomes log records, here and in what the flow starts. Default: as the code around. */
  logPrints?: boolean;
  /** Runs submitted tasks; each run of the flow gets a fresh one. Default: a {@link ConcurrentTaskRunner}. */
  taskRunner?: TaskRunner;
  onRunning?: FlowHook<P, R> | readonly FlowHook<P, R>[];
  onCompletion?: FlowHook<P, R> | readonly FlowHook<P, R>[];
  /** After the last retry. */
  onFailure?: FlowHook<P, R> | readonly FlowHook<P, R>[];
  onCancellation?: FlowHook<P, R> | readonly FlowHook<P, R>[];
  onCrashed?: FlowHook<P, R> | readonly FlowHook<P, R>[];
}

/** The parameters of a flow whose function takes none. */
export interface NoParameters {
  readonly [none]?: never;
}
/** Without a key that nobody can write, the type would be that of any object. */
declare const none: unique symbol;

/** What a flow is called with: each parameter, or a future of it. May be left out when no parameter is required. */
export type FlowArguments<P> =
  Record<never, never> extends P
    ? [parameters?: { [K in keyof P]: Input<P[K]> }]
    : [parameters: { [K in keyof P]: Input<P[K]> }];

/** The ways to start a flow. */
export interface FlowCalls<P, R> {
  /** Runs the flow. Inside of a flow or task it is a nested run, linked to the run around it. */
  (...args: FlowArguments<P>): FlowRunFuture<RunResult<R>>;
  /** Runs the flow and gives its final state. Does not reject when the run fails. */
  returnState(...args: FlowArguments<P>): Promise<State<RunResult<R>>>;
}

/** A callable that makes flow runs of a function. */
export interface Flow<P = never, R = unknown> extends FlowCalls<P, R> {
  readonly name: string;
  readonly description: string | null;
  readonly version: string | null;
  /** The bare function, without a run around it. */
  readonly fn: (parameters: P) => R;
  /**
   * JSON Schema of the parameters.
   * @throws DefinitionError when the schema can't be expressed in JSON Schema
   */
  readonly parameterOpenapiSchema: ParameterOpenapiSchema;
  /** The same flow with some options replaced. */
  withOptions(options: FlowOptions<P, R>): Flow<P, R>;
  /** The ways to start the flow after these futures, states or results, whether or not it takes anything from them. */
  waitFor(...upstreams: readonly unknown[]): FlowCalls<P, R>;
  /** Describes a deployment of this flow, for `serve(…)` and `deploy(…)`. */
  toDeployment(options: DeploymentOptions<P>): Deployment<P>;
  /**
   * Makes a deployment of this flow and runs it here, until the process is told to end: each run in a process of its own.
   * The flow must be exported by its module, and the call guarded by `if (import.meta.main)`.
   */
  serve(options: DeploymentOptions<P> & ServeOptions): Promise<void>;
  /**
   * Makes a deployment of this flow, or changes the one of that name, for the workers of a pool.
   * @returns the deployment's id
   */
  deploy(options: DeploymentOptions<P> & WorkPoolOptions): Promise<string>;
  /** Names a deployment of this flow, so that `runDeployment` knows the types of its parameters. */
  deployment(name: string): DeploymentReference<P>;
  /** The parameters as the schema makes them. @throws ParameterTypeError */
  validateParameters(parameters: Record<string, unknown>): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Draws the flow as Mermaid text: its function runs, its tasks and nested flows don't. Tasks whose value the function
   * looks at need a `vizReturnValue`.
   */
  visualize(...args: FlowArguments<P>): Promise<string>;
  /** Adds a hook to this flow. */
  onRunning(hook: FlowHook<P, R>): this;
  onCompletion(hook: FlowHook<P, R>): this;
  onFailure(hook: FlowHook<P, R>): this;
  onCancellation(hook: FlowHook<P, R>): this;
  onCrashed(hook: FlowHook<P, R>): this;
}

/**
 * Makes a flow of a function that takes one object of named parameters. `parameters`, any Standard Schema, checks and
 * coerces them before the function is called and describes them to others.
 *
 * ```ts
 * const animalFacts = flow(async function animalFacts({ animals }: { animals: string[] }) { … }, {
 *   parameters: z.object({ animals: z.array(z.string()).default(["cat"]) }),
 * });
 * await animalFacts();
 * ```
 * @throws DefinitionError for options that can't be used
 */
export function flow<S extends ParameterSchema, R>(
  fn: (parameters: StandardSchemaV1.InferOutput<S>) => R,
  options: FlowOptions<StandardSchemaV1.InferInput<S>, R> & { parameters: S },
): Flow<StandardSchemaV1.InferInput<S>, R>;
export function flow<R>(fn: () => R, options?: FlowOptions<NoParameters, R>): Flow<NoParameters, R>;
export function flow<P extends object, R>(fn: (parameters: P) => R, options?: FlowOptions<P, R>): Flow<P, R>;
export function flow<P, R>(fn: (parameters: P) => R, options: AnyFlowOptions<P, R> = {}): Flow<P, R> {
  return makeFlow(fn, options, callerModuleUrl());
}

const definitions = new WeakMap<object, FlowDefinition>();

/** @internal What the engine knows of a flow. */
export function flowDefinitionOf(flow: object): FlowDefinition {
  const definition = definitions.get(flow);
  if (!definition) throw new DefinitionError("Not a flow: make one with flow().");
  return definition;
}

/** Whether `value` was made by `flow()`. */
export function isFlow(value: unknown): value is Flow<never, unknown> {
  return typeof value === "function" && definitions.has(value);
}

type AnyFlowOptions<P, R> = FlowOptions<P, R> & { parameters?: ParameterSchema };

const HOOK_NAMES = ["onRunning", "onCompletion", "onFailure", "onCancellation", "onCrashed"] as const;
type HookLists<P, R> = Record<(typeof HOOK_NAMES)[number], FlowHook<P, R>[]>;

function makeFlow<P, R>(
  fn: (parameters: P) => R,
  options: AnyFlowOptions<P, R>,
  moduleUrl: string | null,
): Flow<P, R> {
  if (typeof fn !== "function") throw new DefinitionError(`flow() needs a function, got ${typeof fn}.`);
  const hooks = Object.fromEntries(
    HOOK_NAMES.map((name) => [name, [...hookList(options[name])]]),
  ) as HookLists<P, R>; // one entry per name
  const callable: FlowCalls<P, R> = flowCalls<P, R>(() => definition, []);
  const definition: FlowDefinition = defineFlow(fn, options, moduleUrl, callable, hooks);
  definitions.set(callable, definition);
  const schema = options.parameters ?? null;
  const methods = {
    withOptions: (changes: FlowOptions<P, R>) =>
      makeFlow(fn, { ...options, ...hooks, ...changes }, moduleUrl),
    waitFor: (...upstreams: readonly unknown[]) => flowCalls<P, R>(() => definition, upstreams),
    toDeployment: (deployment: DeploymentOptions<P>) => new Deployment<P>(definition, deployment),
    serve: (served: DeploymentOptions<P> & ServeOptions) =>
      serve(new Deployment<P>(definition, served), serveOptionsOf(served)),
    deploy: async (deployed: DeploymentOptions<P> & WorkPoolOptions) => {
      const [id] = await deploy(new Deployment<P>(definition, deployed), deployed);
      return id;
    },
    deployment: (name: string) => deploymentReference(definition.name, name),
    validateParameters: async (parameters: Record<string, unknown>) =>
      schema ? validateParameters(definition.name, schema, parameters) : parameters,
    visualize: (parameters: Record<string, unknown> = {}) => visualizeFlow(definition, parameters),
  };
  const hookMethods = HOOK_NAMES.map((name) => [
    name,
    (hook: FlowHook<P, R>) => {
      hooks[name].push(hook);
      return callable;
    },
  ]);
  return Object.defineProperties(callable, {
    ...valueProperties({ ...methods, ...Object.fromEntries(hookMethods), fn }),
    ...valueProperties({ name: definition.name, description: options.description ?? null }),
    version: { get: () => definition.version },
    parameterOpenapiSchema: { get: () => describeParameters(definition.name, schema) },
  }) as Flow<P, R>; // the properties above are those of the interface
}

function defineFlow<P, R>(
  fn: (parameters: P) => R,
  options: AnyFlowOptions<P, R>,
  moduleUrl: string | null,
  callable: object,
  hooks: HookLists<P, R>,
): FlowDefinition {
  const settings = sdkSettings();
  const name = options.name ?? kebabCase(fn.name);
  if (name === "") {
    throw new DefinitionError("A flow needs a name: name its function, or give the option `name`.");
  }
  const retries = options.retries ?? settings.flowsDefaultRetries;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new DefinitionError(`Flow '${name}': retries must be a whole number from 0 up, got ${retries}.`);
  }
  let version = options.version ?? null;
  return {
    name,
    fn,
    callable,
    taskKey: definitionKey(fn),
    moduleUrl,
    description: options.description ?? null,
    get version() {
      version ??= fileVersion(moduleUrl);
      return version;
    },
    flowRunName: options.flowRunName ?? null,
    retries,
    retryDelaySeconds: options.retryDelaySeconds ?? settings.flowsDefaultRetryDelaySeconds,
    timeoutSeconds: options.timeoutSeconds ?? null,
    parameterSchema: options.parameters ?? null,
    validatesParameters: options.validateParameters ?? true,
    logPrints: options.logPrints ?? null,
    hooks: hooks as unknown as FlowDefinition["hooks"], // hooks are given `callable`, which is the flow
    taskRunner: options.taskRunner ?? new ConcurrentTaskRunner(),
  };
}

function flowCalls<P, R>(definition: () => FlowDefinition, waitFor: readonly unknown[]): FlowCalls<P, R> {
  const start = (parameters: Record<string, unknown> = {}): FlowRunFuture<RunResult<R>> => {
    assertParameters(definition().name, parameters);
    const { dryRun } = currentContext();
    if (dryRun) return dryRun.recordFlow(definition().name, parameters, waitFor);
    return startFlowRun(definition(), { parameters, waitFor });
  };
  return Object.assign((parameters?: Record<string, unknown>) => start(parameters), {
    async returnState(parameters?: Record<string, unknown>) {
      const future = start(parameters);
      await future.wait();
      return future.state;
    },
  }) as FlowCalls<P, R>; // the callers' types are those of the interface
}

function assertParameters(flowName: string, parameters: unknown): void {
  if (typeof parameters === "object" && parameters !== null && !Array.isArray(parameters)) return;
  throw new DefinitionError(
    `Flow '${flowName}' takes one object of named parameters, got ${Array.isArray(parameters) ? "an array" : typeof parameters}.`,
  );
}

async function visualizeFlow(flow: FlowDefinition, parameters: Record<string, unknown>): Promise<string> {
  const dryRun = new DryRun();
  try {
    await runWithContext({ dryRun, flow: null, task: null }, () => flow.fn(parameters as never)); // checked by the caller's types
  } catch (error) {
    throw new DefinitionError(
      `Flow '${flow.name}' can't be drawn: ${describeError(error)}. If it looks at the value of a task, give that task a vizReturnValue.`,
    );
  }
  return toMermaid(dryRun.nodes);
}

function valueProperties(values: Record<string, unknown>): PropertyDescriptorMap {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** `animalFacts` and `animal_facts` are `animal-facts`, `HTTPCheck` is `http-check`. */
function kebabCase(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1-$2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
