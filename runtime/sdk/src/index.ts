/** The SDK: flows, tasks and what code inside of their runs can use. */
export {
  allowFailure,
  type AllowFailure,
  opaque,
  type Opaque,
  quote,
  type Quote,
  unmapped,
  type Unmapped,
} from "./annotations.ts";
export { DelayedTaskFuture, delayedTask } from "./background/delayed-task-future.ts";
export { loadTasks } from "./background/load-tasks.ts";
export { type ServedTask, serveTasks, type ServeTasksOptions } from "./background/serve-tasks.ts";
export { StoredValueError } from "./background/stored-values.ts";
export { TaskRunDeleted } from "./background/task-run-ends.ts";
export { closeConnection, withTransport } from "./connection.ts";
export { tags } from "./context.ts";
export { deploy } from "./deployments/deploy.ts";
export { Deployment } from "./deployments/deployment.ts";
export type {
  ConcurrencyLimitOptions,
  DeploymentOptions,
  WorkPoolOptions,
} from "./deployments/deployment-options.ts";
export type { ScheduleOptions } from "./deployments/schedules.ts";
export type { DeploymentParameters, DeploymentReference } from "./deployments/deployment-reference.ts";
export { runDeployment, type RunDeploymentOptions } from "./deployments/run-deployment.ts";
export type { RunNameTemplate } from "./engine/name-template.ts";
export { exponentialBackoff, type RetryDelay } from "./engine/retries.ts";
export {
  CancelledRun,
  CrashedRun,
  DefinitionError,
  FailedRun,
  FlowPauseTimeout,
  FlowRunEndedError,
  FlowRunTimeoutError,
  MappingLengthMismatch,
  MappingMissingIterable,
  MissingContextError,
  MissingResult,
  ParameterTypeError,
  PausedRun,
  SluiceError,
  TaskRunTimeoutError,
  UnfinishedRun,
  UpstreamTaskError,
} from "./errors.ts";
export { Abort, FlowRunSuspended, TerminationSignal } from "./engine-signals.ts";
export { type EmitEventOptions, emitEvent, type EmittedEvent } from "./events.ts";
export { executeFlowRun } from "./execute-flow-run.ts";
export { EntrypointError } from "./entrypoints/entrypoint-error.ts";
export { loadFlowFromEntrypoint, type LoadedFlow } from "./entrypoints/load-flow.ts";
export {
  type Flow,
  type FlowArguments,
  type FlowCalls,
  type FlowHook,
  type FlowOptions,
  flow,
  type NoParameters,
} from "./flow.ts";
export type { FlowRun } from "./flow-run.ts";
export {
  asCompleted,
  FlowRunFuture,
  RunFuture,
  TaskFuture,
  TaskFutureList,
  wait,
  type WaitResult,
} from "./futures.ts";
export type { AnyFunction, Input, Inputs, MapInputs, RunResult } from "./input-types.ts";
export { resolveFuturesToResults } from "./resolve-futures.ts";
export { flowRunLogger, getRunLogger, RunLogger, taskRunLogger } from "./logging/run-logger.ts";
export type { ParameterOpenapiSchema, ParameterSchema } from "./parameters.ts";
export {
  type PauseOptions,
  pauseFlowRun,
  resumeFlowRun,
  type SuspendOptions,
  suspendFlowRun,
} from "./pause.ts";
export { ConcurrentTaskRunner, type ConcurrentTaskRunnerOptions } from "./runners/concurrent-task-runner.ts";
export type { RunnableTask, TaskRunner } from "./runners/task-runner.ts";
export {
  WorkerThreadsTaskRunner,
  type WorkerThreadsTaskRunnerOptions,
} from "./runners/worker-threads-task-runner.ts";
export { type DeploymentFacts, type FlowRunFacts, runtime, type TaskRunFacts } from "./runtime.ts";
export { serve, type ServeOptions } from "./serving/serve.ts";
export { reloadSettings } from "./sdk-settings.ts";
export {
  AwaitingRetry,
  Cancelled,
  Cancelling,
  Completed,
  Crashed,
  Failed,
  Paused,
  type PausedOptions,
  Pending,
  Retrying,
  Running,
  Scheduled,
  type ScheduledOptions,
  State,
  type StateDetails,
  type StateOptions,
  Suspended,
} from "./states.ts";
export { type Task, type TaskCalls, type TaskHook, type TaskOptions, task } from "./task.ts";
export type { TaskRun } from "./task-run.ts";
export type { TaskScope } from "./task-scope.ts";
export type { Transport, TransportTarget } from "./transport/transport.ts";
