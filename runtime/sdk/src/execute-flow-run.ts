/** Executing a run that exists already: what the process does that a worker starts for a scheduled run. */
import { connect } from "./connection.ts";
import { flowDefinitionOf, type Flow } from "./flow.ts";
import { startFlowRun } from "./engine/flow-engine.ts";
import type { FlowRunFuture } from "./futures.ts";
import type { RunResult } from "./input-types.ts";

/**
 * Runs `flow` as the flow run of this id, with that run's parameters.
 * @throws ObjectNotFound when there is no such run
 */
export async function executeFlowRun<P, R>(
  flow: Flow<P, R>,
  flowRunId: string,
): Promise<{ future: FlowRunFuture<RunResult<R>> }> {
  const transport = await connect();
  const flowRun = await transport.readFlowRun(flowRunId);
  // The future is wrapped, as awaiting this function would wait for the run otherwise.
  return {
    future: startFlowRun<RunResult<R>>(flowDefinitionOf(flow), { parameters: flowRun.parameters, flowRun }),
  };
}
