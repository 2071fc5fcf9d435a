/** A flow as the engine needs it, whatever its parameter types. */
import type { FlowRun } from "../flow-run.ts";
import type { ParameterSchema } from "../parameters.ts";
import type { TaskRunner } from "../runners/task-runner.ts";
import type { Hook } from "./hook.ts";
import type { RunNameTemplate } from "./name-template.ts";

export interface FlowDefinition {
  readonly name: string;
  readonly fn: (parameters: never) => unknown;
  /** Identifies the flow among the nested runs of its parents. */
  readonly taskKey: string;
  /** URL of the module that declares the flow; null when it can't be told. */
  readonly moduleUrl: string | null;
  readonly description: string | null;
  /** Read when a run starts, since it may be made from the source file. */
  readonly version: string | null;
  readonly flowRunName: RunNameTemplate | null;
  readonly retries: number;
  readonly retryDelaySeconds: number;
  readonly timeoutSeconds: number | null;
  readonly parameterSchema: ParameterSchema | null;
  readonly validatesParameters: boolean;
  readonly logPrints: boolean | null;
  readonly hooks: FlowHooks;
  readonly taskRunner: TaskRunner;
  /** The callable that `flow()` gave; hooks are given this. */
  readonly callable: object;
}

export interface FlowHooks {
  readonly onRunning: readonly Hook<object, FlowRun>[];
  readonly onCompletion: readonly Hook<object, FlowRun>[];
  readonly onFailure: readonly Hook<object, FlowRun>[];
  readonly onCancellation: readonly Hook<object, FlowRun>[];
  readonly onCrashed: readonly Hook<object, FlowRun>[];
}
