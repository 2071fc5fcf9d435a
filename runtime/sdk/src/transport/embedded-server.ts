/**
 * The server inside this process, seen from the SDK. The SDK doesn't know the server's package: whoever has both
 * (the `sluice` package) registers a factory, and it is asked for a server when a flow first needs one.
 */
import type { Fetch, TaskRunStream, TaskRunStreamHandlers, TaskRunSubscription } from "@sluice/client";
import type { EventBody, LogBody } from "./wire.ts";

export interface EmbeddedServerOptions {
  /** Folder of everything Sluice keeps on this machine; the database is `sluice.db` in it. */
  readonly home: string;
}

export interface EmbeddedServer {
  /** Answers a request to `http://sluice.embedded/api/…` without a port, with everything a real one would do. */
  readonly fetch: Fetch;
  /** Takes events in order; resolves when they are committed. Waits while the server is behind. */
  ingestEvents(events: readonly EventBody[]): Promise<void>;
  /** Takes log lines; resolves when they are committed. */
  ingestLogs(logs: readonly LogBody[]): Promise<void>;
  /** Gives deferred runs of tasks to this process, as a stream from a server with a port would. */
  subscribeTaskRuns(
    subscription: TaskRunSubscription,
    handlers: TaskRunStreamHandlers,
  ): Promise<TaskRunStream>;
  /** Finishes what was taken and closes the database. */
  close(): Promise<void>;
}

export type EmbeddedServerFactory = (options: EmbeddedServerOptions) => Promise<EmbeddedServer>;

/** The API root under which {@link EmbeddedServer.fetch} answers. */
export const EMBEDDED_API_URL = "http://sluice.embedded/api";

let registeredFactory: EmbeddedServerFactory | null = null;
let registeringModule: string | null = null;

/**
 * Says how to get a server in this process. The last registration counts.
 * @param moduleUrl the module that registers: processes that are started for flow runs import it too
 */
export function registerEmbeddedServer(factory: EmbeddedServerFactory, moduleUrl?: string): void {
  registeredFactory = factory;
  registeringModule = moduleUrl ?? null;
}

/** URL of the module that gives a process its server. */
export function embeddingModule(): string | null {
  return registeringModule;
}

export function embeddedServerFactory(): EmbeddedServerFactory | null {
  return registeredFactory;
}
