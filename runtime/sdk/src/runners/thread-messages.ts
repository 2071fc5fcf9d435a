/** What the main thread and a task's thread tell each other. */
import type { MessagePort } from "node:worker_threads";
import type { FlowRun } from "../flow-run.ts";
import type { Ancestry } from "../flow-scope.ts";
import type { TransportTarget } from "../transport/transport.ts";
import type { EventBody, EventLabels, LogBody } from "../transport/wire.ts";

/** One attempt of a task, for a thread to run. */
export interface ThreadCall {
  readonly moduleUrl: string;
  /** The module must export a task of this key. */
  readonly taskKey: string;
  readonly args: readonly unknown[];
  readonly logPrints: boolean;
  /** Takes {@link ThreadMessage}s. */
  readonly port: MessagePort;
  readonly taskRun: {
    readonly id: string;
    readonly name: string;
    readonly flowRunId: string | null;
    readonly tags: readonly string[];
    readonly runCount: number;
  };
  /** Null outside of flows. */
  readonly flowRun: ThreadFlowRun | null;
  readonly target: TransportTarget | null;
}

/** What code on a thread can ask about the flow run around its task. */
export interface ThreadFlowRun {
  readonly facts: Omit<FlowRun, "state">;
  readonly flowName: string;
  readonly flowVersion: string | null;
  readonly ancestry: Ancestry;
  readonly related: EventLabels[];
}

/** Something for the main thread's connection to deliver. */
export type ThreadMessage =
  | { readonly kind: "log"; readonly record: LogBody }
  | { readonly kind: "event"; readonly event: EventBody };
