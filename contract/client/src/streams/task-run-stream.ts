/**
 * The stream of deferred task runs to a task worker (protocol section 4.4).
 *
 * A Sluice server is told how many runs the worker has room for, and when each is done; any other server gives one run
 * and waits for its receipt, which is sent when the worker begins with it.
 */
import type { TaskRunResponse } from "@sluice/schemas";
import type { HttpConnection } from "../http/http-connection.ts";
import type { SocketEnd } from "./socket.ts";
import { openStream } from "./stream-connection.ts";

export interface TaskRunSubscription {
  /** Keys of the tasks that are served. */
  readonly keys: readonly string[];
  /** What the worker calls itself; the same whenever it connects. */
  readonly clientId: string;
  /** How many runs it works on at the same time. */
  readonly slots: number;
  /** Ids of the runs that it is at work on. */
  readonly holding: readonly string[];
}

export interface TaskRunStreamHandlers {
  onTaskRun(run: TaskRunResponse): void;
  /** These of the runs that the worker is at work on belong to somebody else now. */
  onLost(ids: readonly string[]): void;
  onClose(end: SocketEnd): void;
}

export interface TaskRunStream {
  /** The worker begins with a run that it was given. */
  begin(): void;
  /** Runs have ended, and all there is to tell of them is told. */
  finish(ids: readonly string[]): void;
  /** No more runs are to be given. A Sluice server goes on holding those that are not finished. */
  drain(): void;
  close(): void;
}

/** @throws StreamRefused, ServerUnreachable */
export async function openTaskRunStream(
  connection: HttpConnection,
  { keys, clientId, slots, holding }: TaskRunSubscription,
  handlers: TaskRunStreamHandlers,
): Promise<TaskRunStream> {
  const { socket, sluiceVersion } = await openStream(
    connection,
    { path: "/task_runs/subscriptions/scheduled" },
    {
      onMessage(text) {
        // Frames of the contract; only the one for lost runs has a type.
        const frame = JSON.parse(text) as TaskRunResponse | { type: "lost"; ids: readonly string[] };
        if ("type" in frame) handlers.onLost(frame.ids);
        else handlers.onTaskRun(frame);
      },
      onClose: (end) => handlers.onClose(end),
    },
  );
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const isSluice = sluiceVersion !== null;
  send({ type: "subscribe", keys, client_id: clientId, ...(isSluice ? { slots, holding } : {}) });
  return {
    begin() {
      if (!isSluice) send({ type: "ack" });
    },
    finish(ids) {
      if (isSluice) send({ type: "done", ids });
    },
    drain() {
      if (isSluice) send({ type: "drain" });
    },
    close: () => socket.close(1000),
  };
}
