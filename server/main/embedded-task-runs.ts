/** The stream of deferred task runs without a socket: the dispatcher's words in the client's. */
import type { TaskRunId, TaskRunResponse, WorkspaceId } from "@sluice/schemas";
import { presentTaskRun } from "../api/presenters/task-run-presenter.ts";
import type { Core } from "./core.ts";

export interface EmbeddedTaskRunSubscription {
  readonly keys: readonly string[];
  readonly clientId: string;
  readonly slots: number;
  readonly holding: readonly string[];
}

export interface EmbeddedTaskRunHandlers {
  onTaskRun(run: TaskRunResponse): void;
  onLost(ids: readonly string[]): void;
  onClose(end: { code: number; reason: string; httpStatus: null; error: null }): void;
}

export interface EmbeddedTaskRunStream {
  begin(): void;
  finish(ids: readonly string[]): void;
  drain(): void;
  close(): void;
}

export interface EmbeddedSubscribeRequest {
  readonly workspace_id: WorkspaceId;
  readonly subscription: EmbeddedTaskRunSubscription;
  readonly handlers: EmbeddedTaskRunHandlers;
}

export async function subscribeTaskRuns(
  { taskDispatcher, services: { context } }: Core,
  { workspace_id, subscription, handlers }: EmbeddedSubscribeRequest,
): Promise<EmbeddedTaskRunStream> {
  const { keys, clientId, slots, holding } = subscription;
  // Ids that runs of this stream came with.
  const held = holding as readonly TaskRunId[];
  let isOpen = true;
  const channel = await taskDispatcher.connect(
    { workspace_id, identifier: clientId, task_keys: [...new Set(keys)], slots },
    {
      take(run) {
        // As a socket would: a copy, and never inside of the call that gives it.
        const frame = JSON.stringify(presentTaskRun(run, context.now()));
        setImmediate(() => handlers.onTaskRun(JSON.parse(frame) as TaskRunResponse));
        return isOpen;
      },
      onLost() {
        isOpen = false;
        handlers.onClose({ code: 1012, reason: "", httpStatus: null, error: null });
      },
    },
    held,
  );
  const lost = held.filter((id) => !channel.held.includes(id));
  if (lost.length > 0) setImmediate(() => handlers.onLost(lost));
  return {
    begin: () => undefined,
    // What can't be written is put right when the stream ends.
    finish: (ids) => void channel.finish(ids as readonly TaskRunId[]).catch(() => undefined),
    drain: () => channel.drain(),
    close() {
      isOpen = false;
      void channel.leave("worker left").catch(() => undefined);
    },
  };
}
