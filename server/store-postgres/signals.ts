/**
 * Signals over LISTEN and NOTIFY. Sending is a statement of its own, outside of every write transaction: inside one it
 * would make commits wait for each other. Listening takes one connection, which is made anew when it is lost.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ClientConfig, type Pool } from "pg";
import type { StoreSignals } from "../store/signals.ts";

type Unlisten = () => Promise<void>;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface PostgresSignals extends StoreSignals {
  /** Ends every listener. */
  close(): Promise<void>;
}

export function postgresSignals(pool: Pick<Pool, "query">, config: ClientConfig): PostgresSignals {
  const listeners = new Set<Listener>();
  return {
    async send(channel, message) {
      try {
        await pool.query("SELECT pg_notify($1, $2)", [channel, message]);
      } catch {
        // A lost hint costs time only; the listeners find the work without it.
      }
    },
    async listen(channel, onMessage, onReconnect): Promise<Unlisten> {
      const listener = new Listener({ config, channel, onMessage, onReconnect });
      listeners.add(listener);
      await listener.connect();
      return async () => {
        listeners.delete(listener);
        await listener.close();
      };
    },
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()));
      listeners.clear();
    },
  };
}

interface ListenerOptions {
  readonly config: ClientConfig;
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  readonly onReconnect: () => void;
}

class Listener {
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  #client: Client | null = null;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    const client = new Client({ ...this.#options.config, keepAlive: true });
    client.on("notification", ({ payload }) => this.#options.onMessage(payload ?? ""));
    // Both come when a connection breaks, in either order; the second finds the client replaced.
    client.on("error", () => this.#replace(client));
    client.on("end", () => this.#replace(client));
    await client.connect();
    await client.query(`LISTEN ${client.escapeIdentifier(this.#options.channel)}`);
    if (this.#stopping.signal.aborted) await client.end();
    else this.#client = client;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  #replace(lost: Client): void {
    if (this.#client !== lost) return;
    this.#client = null;
    lost.end().catch(() => undefined);
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#stopping;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.connect();
        this.#options.onReconnect();
        return;
      } catch {
        // Still away: the loop tries again.
      }
    }
  }
}
