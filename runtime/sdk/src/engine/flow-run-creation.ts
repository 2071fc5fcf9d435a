/** Making a flow run known to the server: on its own, or nested in another one (protocol section 2.1 A). */
import { newRandomId } from "@sluice/schemas";
import type { RunContext } from "../context.ts";
import type { FlowScope } from "../flow-scope.ts";
import { serializeParameters } from "../parameters.ts";
import { Pending, stateToWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse, TaskRunResponse } from "../transport/wire.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { trackInParent } from "./tracking-task-run.ts";

export interface FlowRunCreation {
  readonly transport: Transport;
  readonly flow: FlowDefinition;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly waitFor: readonly unknown[];
  readonly context: RunContext;
  /** Identifies the call among the nested runs of its parent; null when there is no parent. */
  readonly nestedKey: string | null;
}

/** The run of a call: a new one, or the one that an earlier attempt of the parent made for this call. */
export async function createFlowRun(creation: FlowRunCreation): Promise<FlowRunResponse> {
  const { transport, flow, context, nestedKey } = creation;
  const parent = context.flow;
  const [flowId, tracking] = await Promise.all([
    readFlowId(transport, flow.name),
    parent && nestedKey !== null
      ? trackInParent({
          ...creation,
          name: flow.name,
          taskKey: flow.taskKey,
          version: flow.version,
          key: nestedKey,
        })
      : null,
  ]);
  if (tracking?.existed && parent) {
    const earlier = await earlierRun(transport, tracking.taskRun, parent);
    if (earlier) return earlier;
  }
  const run = {
    flow_version: flow.version,
    state: stateToWire(Pending()),
    parameters: serializeParameters(creation.parameters),
    parent_task_run_id: tracking?.taskRun.id ?? null,
    empirical_policy: { retries: flow.retries, retry_delay: Math.trunc(flow.retryDelaySeconds) },
    tags: context.tags,
    // A request that is repeated because its answer was lost finds the run that it made.
    idempotency_key: newRandomId(),
  };
  try {
    return await transport.createFlowRun({ ...run, flow_id: flowId });
  } catch (error) {
    // The remembered flow may have been deleted meanwhile.
    const freshId = await readFlowId(transport, flow.name, { isFresh: true });
    if (freshId === flowId) throw error;
    return transport.createFlowRun({ ...run, flow_id: freshId });
  }
}

/**
 * The nested run of an earlier attempt, unless the parent runs again and the child has to: it didn't complete, or its
 * value isn't persisted. A fresh run then keeps the earlier one's history and has all its retries.
 */
async function earlierRun(
  transport: Transport,
  tracking: TaskRunResponse,
  parent: FlowScope,
): Promise<FlowRunResponse | null> {
  const isRerun = parent.flowRun.runCount > 1;
  const isOver = tracking.end_time !== null;
  const wasCompleted = tracking.state_type === "COMPLETED";
  if (isRerun && isOver && !wasCompleted) return null;
  const [run] = await transport.filterFlowRuns({
    flow_runs: { parent_task_run_id: { any_: [tracking.id] } },
    sort: "EXPECTED_START_TIME_DESC",
    limit: 1,
  });
  if (!run) return null;
  const hasNoValue = run.state?.type === "COMPLETED" && run.state.data == null;
  return isRerun && wasCompleted && hasNoValue ? null : run;
}

/** Ids by connection and name, as flows are only ever added or deleted. */
const flowIds = new WeakMap<Transport, Map<string, Promise<string>>>();

function readFlowId(transport: Transport, name: string, { isFresh = false } = {}): Promise<string> {
  const known = flowIds.get(transport) ?? new Map<string, Promise<string>>();
  flowIds.set(transport, known);
  const remembered = isFresh ? undefined : known.get(name);
  if (remembered) return remembered;
  const reading = transport.createFlow({ name }).then((flow) => flow.id);
  known.set(name, reading);
  reading.catch(() => known.delete(name));
  return reading;
}
