/**
 * A store as one simulated process sees it: every operation waits for its turn, and when the process is killed its
 * transaction is rolled back and nothing it waits for ever comes.
 */
import { StoreUnavailableError } from "../../server/store/errors.ts";
import type { Store, StoreReads, StoreTransaction } from "../../server/store/store.ts";
import type { GateOwner, Scheduler } from "./scheduler.ts";

export interface StoreHazards {
  /** Asked when a transaction begins; true: the database is away just now. */
  readonly isUnavailable: () => boolean;
  /** Called right before a commit, to look at what is about to be kept. */
  readonly beforeCommit: () => void;
}

export function simulatedStore(
  store: Store,
  owner: GateOwner,
  scheduler: Scheduler,
  hazards: StoreHazards,
): Store {
  return {
    signals: store.signals,
    isHealthy: () => store.isHealthy(),
    close: () => Promise.resolve(),
    reads: gatedPorts(store.reads, () => scheduler.pass(owner)),
    async transaction(work) {
      await scheduler.pass(owner);
      if (hazards.isUnavailable()) throw new StoreUnavailableError("The database is away.");
      try {
        const result = await store.transaction(async (tx) => {
          const value = await work(gatedPorts(tx, () => scheduler.passOrFail(owner)));
          await scheduler.passOrFail(owner);
          hazards.beforeCommit();
          return value;
        });
        // The answer may be lost after the commit.
        await scheduler.pass(owner);
        return result;
      } catch (error) {
        if (owner.isDead) return await new Promise<never>(() => undefined);
        throw error;
      }
    },
  };
}

/** The same ports, each of whose methods waits at a gate before it does its work. */
function gatedPorts<Ports extends StoreReads | StoreTransaction>(
  ports: Ports,
  gate: () => Promise<void>,
): Ports {
  return new Proxy(ports, {
    get(target, name, receiver) {
      const port: unknown = Reflect.get(target, name, receiver);
      return typeof port === "object" && port !== null ? gatedPort(port, gate) : port;
    },
  });
}

function gatedPort(port: object, gate: () => Promise<void>): object {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...parameters: unknown[]): Promise<unknown> => {
        await gate();
        return await (Reflect.apply(member, target, parameters) as unknown);
      };
    },
  });
}
