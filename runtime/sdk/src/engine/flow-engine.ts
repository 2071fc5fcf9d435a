/** Calls of flows: each becomes a run at the server, new or found, which is then executed. */
import { connect } from "../connection.ts";
import { currentContext, type RunContext } from "../context.ts";
import { FlowRunFuture } from "../futures.ts";
import { Interruption } from "../interruption.ts";
import { assertNotImporting } from "../module-import.ts";
import { Pending } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";
import { guardAgainstCrash } from "./crash-guard.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { FlowExecution } from "./flow-execution.ts";
import { type Parameters, withDefaults } from "./flow-parameters.ts";
import { createFlowRun } from "./flow-run-creation.ts";
import { FlowRunRecord } from "./flow-run-record.ts";
import { nestedRunKey } from "./tracking-task-run.ts";

export interface FlowCall {
  readonly parameters: Parameters;
  /** Runs that must complete before this one starts, though it takes nothing from them. */
  readonly waitFor?: readonly unknown[];
  /** The run to execute, when it exists already: somebody else scheduled it. */
  readonly flowRun?: FlowRunResponse;
}

/** Starts a flow run. Nothing but the call's place among its siblings is decided synchronously. */
export function startFlowRun<R>(flow: FlowDefinition, call: FlowCall): FlowRunFuture<R> {
  const context = currentContext();
  assertNotImporting(`Flow '${flow.name}'`);
  context.flow?.assertOpen(`Flow '${flow.name}'`);
  const engine = new FlowEngine<R>(flow, call, context);
  void engine.run();
  return engine.future;
}

class FlowEngine<R> {
  readonly future = new FlowRunFuture<R>(Pending<R>());
  readonly #flow: FlowDefinition;
  readonly #call: FlowCall;
  readonly #context: RunContext;
  readonly #nestedKey: string | null;
  readonly #interruption: Interruption;
  #execution: FlowExecution<R> | null = null;
  /** Why the run is to crash as soon as the server knows it. */
  #doom: Error | null = null;

  constructor(flow: FlowDefinition, call: FlowCall, context: RunContext) {
    this.#flow = flow;
    this.#call = call;
    this.#context = context;
    this.#nestedKey = nestedRunKey(flow.taskKey, context);
    // Nobody else would tell a program that the flow it calls has failed.
    if (!context.flow && !context.task) this.future.surfaceFailure();
    this.#interruption = new Interruption(context.task?.interruption ?? context.flow?.interruption ?? null);
  }

  /** Never rejects: how the run ends is told by the future. */
  async run(): Promise<void> {
    const parent = this.#context.flow;
    parent?.track(this.future, this);
    const stopGuarding = parent ? () => {} : guardAgainstCrash(this);
    try {
      const transport = parent?.transport ?? (await connect());
      const wire = await this.#findRun(transport);
      this.#execution = this.#executionOf(transport, wire);
      if (this.#doom) await this.#execution.crash(this.#doom);
      else await this.#execution.run();
    } catch (error) {
      this.future.settle({ ok: false, error });
    } finally {
      parent?.untrack(this.future);
      stopGuarding();
    }
  }

  /** Reports the run as Crashed, with everything that is under way in it. Never rejects. */
  async crash(error: Error): Promise<void> {
    if (this.#execution) {
      await this.#execution.crash(error);
      return;
    }
    this.#doom ??= error;
    await this.future.wait();
  }

  async #findRun(transport: Transport): Promise<FlowRunResponse> {
    const { flowRun, parameters, waitFor = [] } = this.#call;
    if (flowRun) return takeOver(transport, this.#flow, flowRun);
    return createFlowRun({
      transport,
      flow: this.#flow,
      parameters: await withDefaults(this.#flow, parameters),
      waitFor,
      context: this.#context,
      nestedKey: this.#nestedKey,
    });
  }

  #executionOf(transport: Transport, wire: FlowRunResponse): FlowExecution<R> {
    const flow = this.#flow;
    const future = this.future;
    const interruption = this.#interruption;
    return new FlowExecution({
      flow,
      future,
      interruption,
      record: new FlowRunRecord({ flow, transport, wire, future, interruption }),
      context: this.#context,
      parameters: this.#call.parameters,
      waitFor: this.#call.waitFor ?? [],
    });
  }
}

/** A run that somebody else made learns the version and the retries of the flow that executes it. */
async function takeOver(
  transport: Transport,
  flow: FlowDefinition,
  run: FlowRunResponse,
): Promise<FlowRunResponse> {
  const policy = run.empirical_policy;
  await transport.updateFlowRun(run.id, {
    flow_version: flow.version,
    empirical_policy: {
      ...policy,
      retries: policy.retries ?? flow.retries,
      retry_delay: policy.retry_delay ?? Math.trunc(flow.retryDelaySeconds),
    },
  });
  return run;
}
