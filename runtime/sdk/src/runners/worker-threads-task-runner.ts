/**
 * A runner for tasks that keep a processor busy: each attempt's function runs on a thread of its own, while states,
 * retries and events stay in this thread.
 *
 * A thread can't be given a function, so the task must be exported by the module that declares it. Arguments and values
 * are copied (structured clone): plain data, dates, maps, sets and typed arrays, but no functions or class instances.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import pLimit, { type LimitFunction } from "p-limit";
import { Piscina } from "piscina";
import { connectedTransport } from "../connection.ts";
import { currentContext } from "../context.ts";
import { DefinitionError } from "../errors.ts";
import type { FlowScope } from "../flow-scope.ts";
import { serializeParameters } from "../parameters.ts";
import type { TaskScope } from "../task-scope.ts";
import type { Transport } from "../transport/transport.ts";
import type { RunnableTask, TaskRunner } from "./task-runner.ts";
import type { ThreadCall, ThreadFlowRun, ThreadMessage } from "./thread-messages.ts";

export interface WorkerThreadsTaskRunnerOptions {
  /** How many threads run tasks at once. Default: one per processor. */
  readonly maxThreads?: number;
}

export class WorkerThreadsTaskRunner implements TaskRunner {
  readonly #maxThreads: number;
  readonly #limit: LimitFunction;
  #pool: Piscina | null = null;

  constructor(options: WorkerThreadsTaskRunnerOptions = {}) {
    this.#maxThreads = options.maxThreads ?? availableParallelism();
    this.#limit = pLimit(this.#maxThreads);
  }

  duplicate(): WorkerThreadsTaskRunner {
    return new WorkerThreadsTaskRunner({ maxThreads: this.#maxThreads });
  }

  /** A task waits for its thread before it is Running, so that waiting doesn't count against its timeout. */
  admit<T>(body: () => Promise<T>): Promise<T> {
    return this.#limit(body);
  }

  async execute(task: RunnableTask, args: readonly unknown[], scope: TaskScope): Promise<unknown> {
    const moduleUrl = moduleOf(task);
    const { flow, logPrints } = currentContext();
    const transport = flow?.transport ?? connectedTransport();
    const channel = new MessageChannel();
    channel.port1.on("message", (message: ThreadMessage) => deliver(message, transport));
    const { id, name, flowRunId, tags, runCount } = scope.taskRun;
    const call: ThreadCall = {
      moduleUrl,
      taskKey: task.taskKey,
      args,
      logPrints: logPrints ?? false,
      port: channel.port2,
      taskRun: { id, name, flowRunId, tags, runCount },
      flowRun: flow && describeFlowRun(flow),
      target: transport?.target ?? null,
    };
    const { signal } = scope.interruption;
    try {
      // Piscina ends the thread of an aborted call, so that even a busy loop stops.
      return await this.#threads().run(call, {
        name: "runOnThread",
        signal,
        transferList: [channel.port2],
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      for (let rest = receiveMessageOnPort(channel.port1); rest; rest = receiveMessageOnPort(channel.port1)) {
        deliver(rest.message as ThreadMessage, transport); // only the thread's code writes to this port
      }
      channel.port1.close();
    }
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
    this.#pool = null;
  }

  #threads(): Piscina {
    this.#pool ??= new Piscina({
      filename: fileURLToPath(new URL(`./thread-entry${ownExtension()}`, import.meta.url)),
      maxThreads: this.#maxThreads,
      minThreads: 0,
      idleTimeout: 5_000,
    });
    return this.#pool;
  }
}

/** Sources run as they are and are `.ts` then; the built package is `.js`. */
function ownExtension(): string {
  return import.meta.url.endsWith(".ts") ? ".ts" : ".js";
}

function moduleOf(task: RunnableTask): string {
  if (task.moduleUrl !== null) return task.moduleUrl;
  throw new DefinitionError(
    `Task '${task.name}' can't run on a thread: the module that declares it is unknown. Don't bundle it together with the SDK.`,
  );
}

function describeFlowRun(flow: FlowScope): ThreadFlowRun {
  const { state: _state, ...facts } = flow.flowRun;
  return {
    facts: { ...facts, parameters: serializeParameters(flow.parameters) },
    flowName: flow.flowName,
    flowVersion: flow.flowVersion,
    ancestry: flow.ancestry,
    related: flow.related,
  };
}

/** What the function logs and emits on its thread leaves by the flow's connection. */
function deliver(message: ThreadMessage, transport: Transport | null): void {
  if (message.kind === "log") transport?.writeLog(message.record);
  else transport?.emitEvent(message.event);
}
