/**
 * Waiting for flow runs that other processes execute. Each waiter looks from time to time; the server's events, one
 * stream for all waiters of a connection, make it look at once.
 */
import { ServerUnreachable } from "@sluice/client";
import { isTerminal, type StateType } from "@sluice/schemas";
import { callAfter, now } from "../clock.ts";
import { WakeUp } from "../wake-up.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";

export interface FlowRunWait {
  readonly transport: Transport;
  readonly flowRunId: string;
  /** Infinity: as long as it takes. */
  readonly timeoutSeconds: number;
  readonly pollIntervalSeconds: number;
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The run once it is in a terminal state, or as it is after the timeout. A server that is away for a while is waited for.
 * @throws ObjectNotFound when the run is deleted
 */
export async function untilFlowRunEnds(wait: FlowRunWait): Promise<FlowRunResponse> {
  const { transport, flowRunId, timeoutSeconds, signal } = wait;
  const deadline = now() + timeoutSeconds * 1_000_000;
  const { wakeUp, stop } = waitFor(transport, flowRunId);
  try {
    for (;;) {
      wakeUp.reset();
      const run = await read(transport, flowRunId);
      const leftSeconds = (deadline - now()) / 1_000_000;
      if (run && (isOver(run) || leftSeconds <= 0)) return run;
      await wakeUp.wait(Math.min(wait.pollIntervalSeconds, Math.max(leftSeconds, 0.05)), signal);
    }
  } finally {
    stop();
  }
}

function isOver(run: FlowRunResponse): boolean {
  return run.state_type !== null && isTerminal(run.state_type);
}

async function read(transport: Transport, flowRunId: string): Promise<FlowRunResponse | null> {
  try {
    return await transport.readFlowRun(flowRunId);
  } catch (error) {
    if (error instanceof ServerUnreachable) return null;
    throw error;
  }
}

interface Waiter {
  /** Called when the run may have ended. */
  readonly wakeUp: WakeUp;
  readonly stop: () => void;
}

const wakers = new WeakMap<Transport, Waker>();

function waitFor(transport: Transport, flowRunId: string): Waiter {
  let waker = wakers.get(transport);
  if (!waker) {
    waker = new Waker(transport);
    wakers.set(transport, waker);
  }
  return waker.add(flowRunId);
}

/** Runs that begin to be waited for within this time share one subscription. */
const GATHER_SECONDS = 0.02;
/** Past so many runs the stream isn't narrowed to them any more. */
const MOST_NAMED_RUNS = 100;

/** All who wait over one connection, and the stream that wakes them. */
class Waker {
  readonly #transport: Transport;
  readonly #waiting = new Map<string, Set<WakeUp>>();
  #unsubscribe: (() => void) | null = null;
  #isGathering = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  add(flowRunId: string): Waiter {
    const wakeUps = this.#waiting.get(flowRunId) ?? new Set<WakeUp>();
    this.#waiting.set(flowRunId, wakeUps);
    const wakeUp = new WakeUp();
    wakeUps.add(wakeUp);
    if (wakeUps.size === 1) this.#gather();
    const stop = () => {
      wakeUps.delete(wakeUp);
      if (wakeUps.size === 0) this.#waiting.delete(flowRunId);
      if (this.#waiting.size === 0) this.#close();
    };
    return { wakeUp, stop };
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    callAfter(GATHER_SECONDS, () => {
      this.#isGathering = false;
      if (this.#waiting.size > 0) this.#subscribe();
    });
  }

  /** The new stream begins with past events, so nothing is missed between the two. */
  #subscribe(): void {
    const before = this.#unsubscribe;
    const ids = Array.from(this.#waiting.keys(), (id) => `prefect.flow-run.${id}`);
    const filter = {
      event: { prefix: ["prefect.flow-run."] },
      ...(ids.length > MOST_NAMED_RUNS ? {} : { resource: { id: ids } }),
    };
    this.#unsubscribe = this.#transport.watchEvents(filter, ({ resource }) => {
      const type = resource["prefect.state-type"];
      // The event names a type of the contract.
      if (typeof type === "string" && !isTerminal(type as StateType)) return;
      const id = String(resource["prefect.resource.id"]).replace(/^prefect\.flow-run\./, "");
      for (const wakeUp of this.#waiting.get(id) ?? []) wakeUp.call();
    });
    before?.();
  }

  #close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }
}
