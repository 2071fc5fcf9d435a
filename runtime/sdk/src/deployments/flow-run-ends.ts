/**
 * Waiting for flow runs that other processes execute. Each waiter looks from time to time; the server's events, one
 * stream for all waiters of a connection, make it look at once.
 */
import { ServerUnreachable } from "@sluice/client";
import { isTerminal, type StateType } from "@sluice/schemas";
import { callAfter, now } from "../clock.ts";
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
  const bell = bellOf(transport, flowRunId);
  try {
    for (;;) {
      signal?.throwIfAborted();
      bell.reset();
      const run = await read(transport, flowRunId);
      const leftSeconds = (deadline - now()) / 1_000_000;
      if (run && (isOver(run) || leftSeconds <= 0)) return run;
      await bell.rings(Math.min(wait.pollIntervalSeconds, Math.max(leftSeconds, 0.05)), signal);
    }
  } finally {
    bell.stop();
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

/** Rings when the run may have ended. */
class Bell {
  #hasRung = false;
  #wake: (() => void) | null = null;
  readonly #onStop: () => void;

  constructor(onStop: () => void) {
    this.#onStop = onStop;
  }

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  reset(): void {
    this.#hasRung = false;
  }

  /** Resolves when it rings, has rung since the reset, or after `seconds`; rejects when the signal aborts. */
  async rings(seconds: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#hasRung) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = callAfter(seconds, wake);
      signal?.addEventListener("abort", wake, { once: true });
      this.#wake = wake;
    });
    signal?.throwIfAborted();
  }

  stop(): void {
    this.#onStop();
  }
}

const towers = new WeakMap<Transport, BellTower>();

function bellOf(transport: Transport, flowRunId: string): Bell {
  let tower = towers.get(transport);
  if (!tower) {
    tower = new BellTower(transport);
    towers.set(transport, tower);
  }
  return tower.hang(flowRunId);
}

/** Runs that begin to be waited for within this time share one subscription. */
const GATHER_SECONDS = 0.02;
/** Past so many runs the stream isn't narrowed to them any more. */
const MOST_NAMED_RUNS = 100;

/** All the bells of one connection, and the stream that rings them. */
class BellTower {
  readonly #transport: Transport;
  readonly #bells = new Map<string, Set<Bell>>();
  #unsubscribe: (() => void) | null = null;
  #isGathering = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  hang(flowRunId: string): Bell {
    const bells = this.#bells.get(flowRunId) ?? new Set<Bell>();
    this.#bells.set(flowRunId, bells);
    const bell = new Bell(() => {
      bells.delete(bell);
      if (bells.size === 0) this.#bells.delete(flowRunId);
      if (this.#bells.size === 0) this.#close();
    });
    bells.add(bell);
    if (bells.size === 1) this.#gather();
    return bell;
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    callAfter(GATHER_SECONDS, () => {
      this.#isGathering = false;
      if (this.#bells.size > 0) this.#subscribe();
    });
  }

  /** The new stream begins with past events, so nothing is missed between the two. */
  #subscribe(): void {
    const before = this.#unsubscribe;
    const ids = Array.from(this.#bells.keys(), (id) => `prefect.flow-run.${id}`);
    const filter = {
      event: { prefix: ["prefect.flow-run."] },
      ...(ids.length > MOST_NAMED_RUNS ? {} : { resource: { id: ids } }),
    };
    this.#unsubscribe = this.#transport.watchEvents(filter, ({ resource }) => {
      const type = resource["prefect.state-type"];
      // The event names a type of the contract.
      if (typeof type === "string" && !isTerminal(type as StateType)) return;
      const id = String(resource["prefect.resource.id"]).replace(/^prefect\.flow-run\./, "");
      for (const bell of this.#bells.get(id) ?? []) bell.ring();
    });
    before?.();
  }

  #close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }
}
