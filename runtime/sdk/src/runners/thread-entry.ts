/** What a thread of the {@link WorkerThreadsTaskRunner} runs: one attempt of a task's function. */
import { fileURLToPath } from "node:url";
import { runInContext } from "../context.ts";
import { DefinitionError } from "../errors.ts";
import { FlowScope } from "../flow-scope.ts";
import { Interruption } from "../interruption.ts";
import { installConsoleCapture } from "../logging/console-capture.ts";
import { flushTerminal } from "../logging/terminal.ts";
import { importDefinitions } from "../module-import.ts";
import { nameArguments } from "../parameter-names.ts";
import { Running } from "../states.ts";
import { TaskRun } from "../task-run.ts";
import type { Transport } from "../transport/transport.ts";
import { ConcurrentTaskRunner } from "./concurrent-task-runner.ts";
import type { ThreadCall, ThreadFlowRun } from "./thread-messages.ts";
import { createThreadTransport } from "./thread-transport.ts";

/** Called by the runner's pool, by this name. */
export async function runOnThread(call: ThreadCall): Promise<unknown> {
  const task = await findTask(call);
  const interruption = new Interruption();
  const transport = createThreadTransport(
    call.port,
    call.target ?? { kind: "embedded", apiUrl: null, uiUrl: null },
  );
  if (call.logPrints) installConsoleCapture();
  const taskRun = new TaskRun({
    ...call.taskRun,
    taskKey: task.taskKey,
    dynamicKey: "",
    taskVersion: null,
    policy: {},
    taskInputs: {},
    state: Running(),
  });
  taskRun.runCount = call.taskRun.runCount;
  const context = {
    flow: call.flowRun && threadFlowScope(call.flowRun, transport, interruption),
    task: {
      taskName: task.name,
      taskRun,
      parameters: nameArguments(task.fn, call.args),
      interruption,
      depth: 1,
    },
    tags: [],
    logPrints: call.logPrints,
    dryRun: null,
    transport,
  };
  try {
    return await runInContext(context, () => task.fn(...(call.args as never[]))); // checked where the task was called
  } finally {
    flushTerminal();
    call.port.close();
  }
}

function threadFlowScope(run: ThreadFlowRun, transport: Transport, interruption: Interruption): FlowScope {
  return new FlowScope({
    flowName: run.flowName,
    flowVersion: run.flowVersion,
    flowRun: { ...run.facts, state: Running() },
    parameters: run.facts.parameters,
    transport,
    runner: new ConcurrentTaskRunner(),
    interruption,
    ancestry: run.ancestry,
    related: run.related,
    parent: null,
  });
}

interface ThreadTask {
  readonly name: string;
  readonly taskKey: string;
  readonly fn: (...args: never[]) => unknown;
}

/** The export is found by its code: the thread has another copy of the module than the flow. */
async function findTask(call: ThreadCall): Promise<ThreadTask> {
  const exports = Object.values(await importDefinitions(call.moduleUrl, "a thread"));
  const task = exports.filter(isTask).find(({ taskKey }) => taskKey === call.taskKey);
  if (task) return task;
  throw new DefinitionError(
    `Task '${call.taskRun.name}' can't run on a thread: ${fileURLToPath(call.moduleUrl)} doesn't export it. Export the task under any name.`,
  );
}

function isTask(value: unknown): value is ThreadTask {
  return typeof value === "function" && "fn" in value && typeof value.fn === "function" && "taskKey" in value;
}
