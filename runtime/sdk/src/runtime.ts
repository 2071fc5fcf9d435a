/**
 * Facts about the run that the current code is part of. Outside of runs they are null or empty.
 *
 * For tests each fact can be set by an environment variable, named by its group and its name with underscores:
 * `SLUICE__RUNTIME__FLOW_RUN__PARENT_FLOW_RUN_ID` (or `PREFECT__RUNTIME__…`). The text is read as the type that the fact
 * has; facts that are lists or objects can't be set this way.
 */
import { connectedTransport } from "./connection.ts";
import { currentContext } from "./context.ts";
import { DefinitionError } from "./errors.ts";
import type { FlowRun } from "./flow-run.ts";
import type { FlowScope } from "./flow-scope.ts";

export interface FlowRunFacts {
  readonly id: string | null;
  readonly tags: readonly string[];
  /** Attempts so far; 0 outside of runs. */
  readonly runCount: number;
  readonly name: string | null;
  readonly flowName: string | null;
  readonly flowVersion: string | null;
  readonly scheduledStartTime: Date;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly parentFlowRunId: string | null;
  readonly parentDeploymentId: string | null;
  /** The run at the top of the tree; the run itself when it has no parent. */
  readonly rootFlowRunId: string | null;
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;
  readonly jobVariables: Readonly<Record<string, unknown>> | null;
}

export interface TaskRunFacts {
  readonly id: string | null;
  readonly tags: readonly string[];
  /** Attempts so far; 0 outside of runs. */
  readonly runCount: number;
  readonly name: string | null;
  readonly taskName: string | null;
  /** The arguments by parameter name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly apiUrl: string | null;
  readonly uiUrl: string | null;
}

export interface DeploymentFacts {
  readonly id: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly flowRunId: string | null;
}

const flowRun: FlowRunFacts = facts("FLOW_RUN", {
  id: () => flowScope()?.flowRun.id ?? currentContext().task?.taskRun.flowRunId ?? executedFlowRunId(),
  tags: () => flowScope()?.flowRun.tags ?? [],
  runCount: () => flowScope()?.flowRun.runCount ?? 0,
  name: () => flowScope()?.flowRun.name ?? null,
  flowName: () => flowScope()?.flowName ?? null,
  flowVersion: () => flowScope()?.flowVersion ?? null,
  scheduledStartTime: () => flowScope()?.flowRun.expectedStartTime ?? new Date(),
  parameters: () => flowScope()?.parameters ?? {},
  parentFlowRunId: () => flowScope()?.ancestry.parentFlowRunId ?? null,
  parentDeploymentId: () => flowScope()?.ancestry.parentDeploymentId ?? null,
  rootFlowRunId: () => flowScope()?.ancestry.rootFlowRunId ?? executedFlowRunId(),
  apiUrl: () => runUrl(apiUrl(), "flow-run", flowRun.id),
  uiUrl: () => runUrl(uiUrl(), "flow-run", flowRun.id),
  jobVariables: () => flowScope()?.flowRun.jobVariables ?? null,
});

const taskRun: TaskRunFacts = facts("TASK_RUN", {
  id: () => taskScope()?.taskRun.id ?? null,
  tags: () => taskScope()?.taskRun.tags ?? [],
  runCount: () => taskScope()?.taskRun.runCount ?? 0,
  name: () => taskScope()?.taskRun.name ?? null,
  taskName: () => taskScope()?.taskName ?? null,
  parameters: () => taskScope()?.parameters ?? {},
  apiUrl: () => runUrl(apiUrl(), "task-run", taskRun.id),
  uiUrl: () => runUrl(uiUrl(), "task-run", taskRun.id),
});

const deployment: DeploymentFacts = facts("DEPLOYMENT", {
  id: () => deployedRun()?.deploymentId ?? null,
  name: () => (deployedRun() ? (process.env.PREFECT__DEPLOYMENT_NAME ?? null) : null),
  version: () => deployedRun()?.deploymentVersion ?? null,
  parameters: () => deployedRun()?.parameters ?? {},
  flowRunId: () => flowRun.id,
});

/** Facts about the current run, read when they are looked at. */
export const runtime = {
  flowRun,
  taskRun,
  deployment,
  /**
   * Aborts when the current run is to stop: its time is up, it is cancelled or suspended, or the run around it has
   * ended. Never aborts outside of runs. Hand it to `fetch` and others, since JavaScript can't be interrupted.
   */
  get signal(): AbortSignal {
    const { task, flow } = currentContext();
    return (task ?? flow)?.interruption.signal ?? NEVER;
  },
};

const NEVER = new AbortController().signal;

function facts<T extends object>(group: string, readers: { [K in keyof T]: () => T[K] }): T {
  const properties: PropertyDescriptorMap = {};
  for (const [name, read] of Object.entries<() => unknown>(readers)) {
    const variable = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    properties[name] = { enumerable: true, get: () => mocked(`${group}__${variable}`, read()) };
  }
  return Object.defineProperties({}, properties) as T; // one property per reader
}

function mocked(variable: string, value: unknown): unknown {
  const text = process.env[`SLUICE__RUNTIME__${variable}`] ?? process.env[`PREFECT__RUNTIME__${variable}`];
  if (text === undefined) return value;
  if (value === null || typeof value === "string") return text;
  if (typeof value === "number") return Number(text);
  if (typeof value === "boolean") return text.toLowerCase() === "true";
  if (value instanceof Date) return new Date(text);
  throw new DefinitionError(
    `RUNTIME__${variable} is a list or an object and can't be set by an environment variable.`,
  );
}

function flowScope(): FlowScope | null {
  return currentContext().flow;
}

function taskScope() {
  return currentContext().task;
}

/** The run that a worker started this process for. */
function executedFlowRunId(): string | null {
  return process.env.PREFECT__FLOW_RUN_ID ?? null;
}

/** The nearest run around that belongs to a deployment. */
function deployedRun(): FlowRun | null {
  for (let scope = flowScope(); scope; scope = scope.parent) {
    if (scope.flowRun.deploymentId !== null) return scope.flowRun;
  }
  return null;
}

function apiUrl(): string | null {
  return connectedTransport()?.target.apiUrl ?? null;
}

function uiUrl(): string | null {
  return connectedTransport()?.target.uiUrl ?? null;
}

function runUrl(root: string | null, kind: "flow-run" | "task-run", id: string | null): string | null {
  return root === null || id === null ? null : `${root}/runs/${kind}/${id}`;
}
