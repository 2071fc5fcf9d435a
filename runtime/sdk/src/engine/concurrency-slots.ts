/**
 * Slots of concurrency limits, held by a lease for as long as a run needs them.
 */
import { now, sleep } from "../clock.ts";
import type { Transport } from "../transport/transport.ts";

/** Seconds for which names that no limit has are not asked about again. */
const NO_LIMIT_MEMORY_SECONDS = 5;
/** Share of a lease after which it is renewed. */
const RENEW_AT = 0.75;
const RENEW_TRIES = 3;

export interface SlotHolder {
  readonly type: "flow_run" | "task_run";
  readonly id: string;
}

/** Keeps slots until it is released. */
export interface HeldSlots {
  release(): Promise<void>;
}

const NOTHING_HELD: HeldSlots = { release: () => Promise.resolve() };

/** Per connection: when the names were last found to have no limit, in microseconds. */
const withoutLimit = new WeakMap<Transport, Map<string, number>>();

/** Whether the server said a moment ago that no limit has one of these tags. */
export function isKnownUnlimited(transport: Transport, tags: readonly string[]): boolean {
  const foundAt = withoutLimit.get(transport)?.get(cacheKey(tags));
  return foundAt !== undefined && now() - foundAt < NO_LIMIT_MEMORY_SECONDS * 1_000_000;
}

/** Waits for a slot in every limit of a task run's tags, and keeps them. */
export async function acquireTagSlots(
  transport: Transport,
  tags: readonly string[],
  holder: SlotHolder,
  signal: AbortSignal,
): Promise<HeldSlots> {
  if (isKnownUnlimited(transport, tags)) return NOTHING_HELD;
  const leaseSeconds = 60;
  for (;;) {
    const answer = await transport.acquireConcurrencySlots({
      names: tags.map((tag) => `tag:${tag}`),
      slots: 1,
      mode: "concurrency",
      lease_duration: leaseSeconds,
      holder,
    });
    if (!answer.granted) {
      await sleep(answer.retryAfterSeconds, signal);
      continue;
    }
    const { lease } = answer;
    if (lease.limits.length === 0) rememberUnlimited(transport, tags);
    if (lease.lease_id === null || lease.limits.length === 0) return NOTHING_HELD;
    const leaseId = lease.lease_id;
    const keeper = keepLease(transport, leaseId, leaseSeconds, () => {});
    return {
      async release() {
        keeper.stop();
        await transport.releaseConcurrencySlots(leaseId);
      },
    };
  }
}

/** Renews a lease until it is stopped; calls `onLost` once when its slots can no longer be relied on. */
export function keepLease(
  transport: Transport,
  leaseId: string,
  leaseSeconds: number,
  onLost: (error: Error) => void,
): { stop(): void } {
  let isStopped = false;
  const renew = async () => {
    if (await renewed(transport, leaseId, leaseSeconds)) schedule();
    else if (!isStopped) onLost(new Error(`Concurrency lease ${leaseId} was lost.`));
  };
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => void renew(), leaseSeconds * RENEW_AT * 1000);
    timer.unref();
  };
  schedule();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function renewed(transport: Transport, leaseId: string, leaseSeconds: number): Promise<boolean> {
  for (let attempt = 1; attempt <= RENEW_TRIES; attempt++) {
    try {
      return await transport.renewConcurrencyLease(leaseId, leaseSeconds);
    } catch {
      // The transport has retried already; what is left of the lease is tried on.
      await sleep(1);
    }
  }
  return false;
}

function rememberUnlimited(transport: Transport, tags: readonly string[]): void {
  const memory = withoutLimit.get(transport) ?? new Map<string, number>();
  memory.set(cacheKey(tags), now());
  withoutLimit.set(transport, memory);
}

function cacheKey(tags: readonly string[]): string {
  return JSON.stringify(tags.toSorted());
}
