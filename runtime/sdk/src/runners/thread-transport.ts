/** The connection of a task that runs on a thread: it can log and emit; requests need the main thread. */
import type { MessagePort } from "node:worker_threads";
import { DefinitionError } from "../errors.ts";
import type { Transport, TransportTarget } from "../transport/transport.ts";
import type { ThreadMessage } from "./thread-messages.ts";

export function createThreadTransport(port: MessagePort, target: TransportTarget): Transport {
  const send = (message: ThreadMessage) => port.postMessage(message);
  const done = () => Promise.resolve();
  return {
    target,
    emitEvent: (event) => send({ kind: "event", event }),
    writeLog: (record) => send({ kind: "log", record }),
    flush: done,
    close: done,
    createFlow: refuse,
    createFlowRun: refuse,
    readFlowRun: refuse,
    updateFlowRun: refuse,
    setFlowRunState: refuse,
    filterFlowRuns: refuse,
    resumeFlowRun: refuse,
    createTaskRun: refuse,
    readTaskRun: refuse,
    setTaskRunState: refuse,
    filterTaskRuns: refuse,
    createFlowRunInput: refuse,
    readFlowRunInput: refuse,
    filterFlowRunInputs: refuse,
    deleteFlowRunInput: refuse,
    acquireConcurrencySlots: refuse,
    releaseConcurrencySlots: refuse,
    renewConcurrencyLease: refuse,
    deployments: {
      create: refuse,
      read: refuse,
      readByName: refuse,
      update: refuse,
      createFlowRun: refuse,
      scheduledFlowRuns: refuse,
      readFlow: refuse,
    },
    watchEvents: () => () => {},
    subscribeTaskRuns: refuse,
  };
}

function refuse(): Promise<never> {
  return Promise.reject(
    new DefinitionError(
      "A task on a thread can't start flows, pause runs or take concurrency slots. Do that in the flow, or run the task in place.",
    ),
  );
}
