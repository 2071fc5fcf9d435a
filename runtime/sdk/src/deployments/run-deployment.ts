/** Running a deployment from code: the flow runs elsewhere, the caller waits for it (protocol section 2.1 E). */
import { connect } from "../connection.ts";
import { currentContext, type RunContext } from "../context.ts";
import { nestedRunKey, trackInParent } from "../engine/tracking-task-run.ts";
import { DefinitionError } from "../errors.ts";
import { type FlowRun, flowRunFromWire } from "../flow-run.ts";
import { resolveInputs } from "../inputs.ts";
import { assertNotImporting } from "../module-import.ts";
import { serializeParameters } from "../parameters.ts";
import { Completed, Scheduled, stateToWire } from "../states.ts";
import type { DeploymentResponse } from "../transport/deployments-transport.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";
import type { DeploymentParameters, DeploymentReference } from "./deployment-reference.ts";
import { findEarlierRun } from "./earlier-run.ts";
import { untilFlowRunEnds } from "./flow-run-ends.ts";

export interface RunDeploymentOptions<Parameters = Readonly<Record<string, unknown>>> {
  /** Over the deployment's own. May hold futures: they are waited for, and become edges of the graph. */
  parameters?: Parameters;
  /** Seconds to wait for the run's end; 0 doesn't wait. Default: as long as it takes. */
  timeoutSeconds?: number;
  /** Seconds between looks at the run where the server can't send a wake-up. Default 5; embedded 0.25. */
  pollIntervalSeconds?: number;
  /** When the run is to start. Default: now. */
  scheduledTime?: Date;
  /** Default: an adjective and an animal. */
  flowRunName?: string;
  /** Beside the deployment's own and those of `tags(…)` around the call. */
  tags?: readonly string[];
  /** Calls with the same key give the same run. */
  idempotencyKey?: string;
  /** A queue of the deployment's work pool. Default: the deployment's. */
  workQueueName?: string;
  /** Whether the run is shown inside of the run that this is called in. Default true. */
  asSubflow?: boolean;
  /** Over the deployment's own; keys may be dotted: `"env.REGION"`. */
  jobVariables?: Readonly<Record<string, unknown>>;
}

const POLL_SECONDS = 5;
/** The server is in this process, so that a look costs little and nobody sends wake-ups. */
const EMBEDDED_POLL_SECONDS = 0.25;

/**
 * Makes a run of a deployment and gives it back once it has ended, however it ended: look at its `state`. After
 * `timeoutSeconds` the run is given as it is then.
 *
 * Inside of a flow or task the run is linked under the caller's. When the caller is retried, a run that its earlier
 * attempt made by the same call, with the same parameters, is waited for instead of made again, unless it failed.
 *
 * ```ts
 * const run = await runDeployment("animal-facts/nightly", { parameters: { animals: ["dog"] } });
 * const typed = await runDeployment(animalFacts.deployment("nightly"), { parameters: { animals: ["dog"] } });
 * ```
 * @param deployment `"flow-name/deployment-name"`, an id, or a reference that knows its flow's parameters
 * @throws ObjectNotFound when there is no such deployment, ValidationError when the server refuses the parameters,
 * UpstreamTaskError when a future among the parameters didn't complete
 */
export function runDeployment<P>(
  deployment: DeploymentReference<P>,
  options?: RunDeploymentOptions<DeploymentParameters<P>>,
): Promise<FlowRun>;
export function runDeployment(deployment: string, options?: RunDeploymentOptions): Promise<FlowRun>;
export async function runDeployment(
  deployment: string | DeploymentReference<never>,
  options: RunDeploymentOptions = {},
): Promise<FlowRun> {
  const { timeoutSeconds = Number.POSITIVE_INFINITY, parameters = {} } = options;
  if (!(timeoutSeconds >= 0)) {
    throw new DefinitionError(`runDeployment: timeoutSeconds must be 0 or more, got ${timeoutSeconds}.`);
  }
  assertNotImporting("runDeployment()");
  const context = currentContext();
  if (context.dryRun) return drawnRun(context, nameOf(deployment), parameters);
  context.flow?.assertOpen("runDeployment()");
  // Taken before anything is awaited, so that the order of calls decides.
  const taskKey = `sluice.runDeployment.${nameOf(deployment)}`;
  const key = options.asSubflow === false ? null : nestedRunKey(taskKey, context);
  const transport = context.flow?.transport ?? (await connect());
  const run = await startRun({ transport, context, deployment, options, taskKey, key });
  if (timeoutSeconds === 0) return flowRunFromWire(run);
  const signal = (context.task ?? context.flow)?.interruption.signal;
  const ended = await untilFlowRunEnds({
    transport,
    flowRunId: run.id,
    timeoutSeconds,
    pollIntervalSeconds: options.pollIntervalSeconds ?? defaultPollSeconds(transport),
    ...(signal ? { signal } : {}),
  });
  return flowRunFromWire(ended);
}

interface DeploymentCall {
  readonly transport: Transport;
  readonly context: RunContext;
  readonly deployment: string | DeploymentReference<never>;
  readonly options: RunDeploymentOptions;
  readonly taskKey: string;
  /** Null: not shown in the caller's run. */
  readonly key: string | null;
}

async function startRun(call: DeploymentCall): Promise<FlowRunResponse> {
  const { transport, context, options, taskKey, key } = call;
  const found = await findDeployment(transport, call.deployment);
  const given = options.parameters ?? {};
  const [tracking, resolved] = await Promise.all([
    key === null
      ? null
      : trackInParent({
          transport,
          context,
          name: found.fullName,
          taskKey,
          version: found.deployment.version,
          parameters: given,
          waitFor: [],
          key,
        }),
    resolveInputs(given),
  ]);
  const parameters = serializeParameters(resolved);
  if (tracking?.existed) {
    const earlier = await findEarlierRun(transport, tracking.taskRun.id, parameters);
    if (earlier) return earlier;
  }
  const { scheduledTime } = options;
  return transport.deployments.createFlowRun(found.deployment.id, {
    state: stateToWire(Scheduled(scheduledTime ? { scheduledTime } : {})),
    parameters,
    tags: [...new Set([...context.tags, ...(options.tags ?? [])])],
    name: options.flowRunName ?? null,
    idempotency_key: options.idempotencyKey ?? null,
    parent_task_run_id: tracking?.taskRun.id ?? null,
    work_queue_name: options.workQueueName ?? null,
    job_variables: { ...options.jobVariables },
  });
}

interface FoundDeployment {
  readonly deployment: DeploymentResponse;
  readonly fullName: string;
}

const UUID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i;

async function findDeployment(
  { deployments }: Transport,
  wanted: string | DeploymentReference<never>,
): Promise<FoundDeployment> {
  const fullName = nameOf(wanted);
  if (UUID.test(fullName)) {
    const deployment = await deployments.read(fullName);
    const flow = await deployments.readFlow(deployment.flow_id);
    return { deployment, fullName: `${flow.name}/${deployment.name}` };
  }
  const slash = fullName.indexOf("/");
  if (slash < 1 || slash === fullName.length - 1) {
    throw new DefinitionError(
      `runDeployment: '${fullName}' is neither an id nor a name. Write "flow-name/deployment-name".`,
    );
  }
  const deployment = await deployments.readByName(fullName.slice(0, slash), fullName.slice(slash + 1));
  return { deployment, fullName };
}

function nameOf(deployment: string | DeploymentReference<never>): string {
  return typeof deployment === "string" ? deployment : `${deployment.flowName}/${deployment.name}`;
}

function defaultPollSeconds({ target }: Transport): number {
  return target.kind === "embedded" ? EMBEDDED_POLL_SECONDS : POLL_SECONDS;
}

/** While the flow around is drawn nothing is run; the run stands for one that completed. */
function drawnRun(
  { dryRun }: RunContext,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): FlowRun {
  dryRun?.recordFlow(name, parameters, []);
  const run = { name, parameters, state: Completed() };
  return run as unknown as FlowRun; // what a drawn flow may look at
}
