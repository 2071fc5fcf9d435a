/** Tells the other processes on the same database which queues of deferred task runs have something new. */
import { newRandomId } from "@sluice/schemas";
import { NO_SIGNALS, type StoreSignals } from "../store/signals.ts";
import type { QueuedTaskRun } from "../store/task-queue.ts";

const CHANNEL = "sluice_task_queue";
/** Longer names go untold; others find their runs at the next look. */
const MAX_MESSAGE_BYTES = 7900;

type Queue = Pick<QueuedTaskRun, "workspace_id" | "task_key">;

interface Message extends Queue {
  readonly from: string;
}

export interface TaskQueueListeners {
  readonly onQueued: (queue: Queue) => void;
  /** Signals may have been missed. */
  readonly onMissed: () => void;
}

export class TaskQueueSignals {
  readonly #signals: StoreSignals;
  readonly #listeners: TaskQueueListeners;
  readonly #self: string = newRandomId<"process">();
  /** Messages to send; what is queued again before its turn is told once. */
  readonly #outgoing = new Set<string>();
  #stop: (() => Promise<void>) | null = null;
  #isSending = false;

  constructor(signals: StoreSignals, listeners: TaskQueueListeners) {
    this.#signals = signals;
    this.#listeners = listeners;
  }

  /** Starts to listen; does nothing on a database that only this process uses. */
  async start(): Promise<void> {
    if (this.#signals === NO_SIGNALS) return;
    const { onQueued, onMissed } = this.#listeners;
    this.#stop = await this.#signals.listen(
      CHANNEL,
      (text) => {
        // Sent by a process like this one.
        const message = JSON.parse(text) as Message;
        if (message.from !== this.#self) onQueued(message);
      },
      onMissed,
    );
  }

  async close(): Promise<void> {
    await this.#stop?.();
    this.#stop = null;
  }

  /** Returns at once. */
  tell(queues: readonly Queue[]): void {
    if (this.#stop === null) return;
    for (const { workspace_id, task_key } of queues) {
      const message: Message = { from: this.#self, workspace_id, task_key };
      const text = JSON.stringify(message);
      if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) this.#outgoing.add(text);
    }
    if (!this.#isSending) void this.#send();
  }

  /** Never rejects: sending doesn't. */
  async #send(): Promise<void> {
    this.#isSending = true;
    for (const text of this.#outgoing) {
      this.#outgoing.delete(text);
      await this.#signals.send(CHANNEL, text);
    }
    this.#isSending = false;
  }
}
