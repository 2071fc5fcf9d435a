/** What the process of a deployment's run does: finds the flow's code, and runs it (protocol section 2.1 B 5). */
import { connect } from "./connection.ts";
import { loadFlowFromEntrypoint } from "./entrypoints/load-flow.ts";
import { describeError, DefinitionError } from "./errors.ts";
import { executeFlowRun } from "./execute-flow-run.ts";
import type { FlowRunFuture } from "./futures.ts";
import { flowRunFromWire } from "./flow-run.ts";
import { flowRunLogger } from "./logging/run-logger.ts";
import { Crashed, stateToWire } from "./states.ts";
import { runPullSteps } from "./pull-steps.ts";
import type { Transport } from "./transport/transport.ts";
import type { FlowRunResponse } from "./transport/wire.ts";

/**
 * Executes a run of a deployment in this process, in the folder that the deployment names. A flow that can't be loaded
 * makes the run Crashed.
 * @throws ObjectNotFound when the run or its deployment is gone, EntrypointError when the flow can't be loaded
 */
export async function executeDeployedFlowRun(flowRunId: string): Promise<{ future: FlowRunFuture<unknown> }> {
  const transport = await connect();
  const run = await transport.readFlowRun(flowRunId);
  try {
    const flow = await loadFlow(transport, run);
    return await executeFlowRun(flow, flowRunId);
  } catch (error) {
    const message = `The flow could not be loaded: ${describeError(error)}`;
    flowRunLogger(flowRunFromWire(run)).error(message);
    await transport.setFlowRunState(flowRunId, stateToWire(Crashed({ message })), { force: true });
    throw error;
  }
}

async function loadFlow(transport: Transport, run: FlowRunResponse) {
  if (run.deployment_id === null) {
    throw new DefinitionError(
      `Flow run '${run.name}' belongs to no deployment, so nobody knows where its flow is.`,
    );
  }
  const deployment = await transport.deployments.read(run.deployment_id);
  if (!deployment.entrypoint) {
    throw new DefinitionError(`Deployment '${deployment.name}' has no entrypoint.`);
  }
  const folder = (await runPullSteps(deployment.pull_steps ?? [])) ?? deployment.path ?? process.cwd();
  process.chdir(folder);
  return loadFlowFromEntrypoint(deployment.entrypoint, folder);
}
