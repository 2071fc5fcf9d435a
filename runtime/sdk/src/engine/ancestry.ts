/** Finding a flow run's place in the tree of runs, for the runtime context. */
import type { FlowRun } from "../flow-run.ts";
import type { Ancestry, FlowScope } from "../flow-scope.ts";
import type { Transport } from "../transport/transport.ts";

/** A tree deeper than this is taken for broken data. */
const DEEPEST = 100;

/** Costs requests only for runs whose parent lives in another process. */
export async function readAncestry(
  transport: Transport,
  run: FlowRun,
  parent: FlowScope | null,
): Promise<Ancestry> {
  if (parent) {
    return {
      parentFlowRunId: parent.flowRun.id,
      parentDeploymentId: parent.flowRun.deploymentId,
      rootFlowRunId: parent.ancestry.rootFlowRunId,
    };
  }
  const parentRun = await parentOf(transport, run.parentTaskRunId);
  let root = parentRun;
  for (let depth = 0; root?.parent_task_run_id && depth < DEEPEST; depth++) {
    root = (await parentOf(transport, root.parent_task_run_id)) ?? root;
  }
  return {
    parentFlowRunId: parentRun?.id ?? null,
    parentDeploymentId: parentRun?.deployment_id ?? null,
    rootFlowRunId: root?.id ?? run.id,
  };
}

async function parentOf(transport: Transport, parentTaskRunId: string | null) {
  if (parentTaskRunId === null) return null;
  const { flow_run_id: flowRunId } = await transport.readTaskRun(parentTaskRunId);
  return flowRunId === null ? null : transport.readFlowRun(flowRunId);
}
