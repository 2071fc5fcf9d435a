/** Signals between processes by NOTIFY and LISTEN, on connections outside of any transaction. */
import pg from "pg";
import type { StoreSignals } from "../store/signals.ts";

/** How long to wait before connecting again; doubles up to the second number while it fails. */
const RECONNECT_MS = { first: 100, longest: 10_000 };

/** NOTIFY takes the queue's global lock when it commits, so it has the pool's connection and no transaction. */
export class PostgresSignals implements StoreSignals {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #listeners = new Set<Listener>();

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
  }

  async send(channel: string, message: string): Promise<void> {
    try {
      await this.#pool.query("SELECT pg_notify($1, $2)", [channel, message]);
    } catch {
      // A lost hint costs its receivers time, nothing else.
    }
  }

  async listen(
    channel: string,
    onMessage: (message: string) => void,
    onReconnect: () => void,
  ): Promise<() => Promise<void>> {
    const listener = new Listener(this.#url, channel, onMessage, onReconnect);
    this.#listeners.add(listener);
    await listener.start();
    return async () => {
      this.#listeners.delete(listener);
      await listener.stop();
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.stop()));
    this.#listeners.clear();
  }
}

/** One connection that listens, replaced when it is lost. */
class Listener {
  readonly #url: string;
  readonly #channel: string;
  readonly #onMessage: (message: string) => void;
  readonly #onReconnect: () => void;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(url: string, channel: string, onMessage: (message: string) => void, onReconnect: () => void) {
    this.#url = url;
    this.#channel = channel;
    this.#onMessage = onMessage;
    this.#onReconnect = onReconnect;
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: "sluice-signals" });
    client.on("notification", ({ payload }) => this.#onMessage(payload ?? ""));
    client.on("error", () => this.#lose(client));
    client.on("end", () => this.#lose(client));
    await client.connect();
    await client.query(`LISTEN ${client.escapeIdentifier(this.#channel)}`);
    this.#client = client;
    if (this.#isStopped) await this.stop();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client || this.#isStopped) return;
    this.#client = null;
    client.end().catch(() => undefined);
    this.#reconnect(RECONNECT_MS.first);
  }

  #reconnect(delay: number): void {
    this.#timer = setTimeout(() => {
      this.start().then(
        () => this.#onReconnect(),
        () => this.#reconnect(Math.min(delay * 2, RECONNECT_MS.longest)),
      );
    }, delay);
    // Waiting for a database must not keep a process from ending.
    this.#timer.unref();
  }
}
