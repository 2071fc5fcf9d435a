/**
 * A server's life: listen, then stop in order.
 *
 * 1. `stop` first takes no more connections, then lets requests and sockets finish, then writes what waits, then closes
 *    the database: nothing acknowledged is lost, and nothing is acknowledged that could not be kept.
 * 2. All of it has one deadline; when it passes, connections are cut and the database is closed all the same.
 */
import { Server as NetServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { MountedSockets } from "../api/sockets/mount-sockets.ts";
import type { Core } from "./core.ts";
import type { ServerSettings } from "./settings.ts";

/** Something else listens on the port. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

export interface ServerParts {
  readonly app: FastifyInstance;
  readonly core: Core;
  readonly sockets: MountedSockets;
  readonly settings: ServerSettings;
}

/** How long requests that were on their way when the server was told to stop are still answered. */
const LAST_REQUESTS_MS = 100;

/** What may be left of the time for closing the database once connections were cut. */
const LAST_MILLISECONDS = 1000;

export class RunningServer {
  readonly #parts: ServerParts;
  #stopped: Promise<void> | null = null;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** Where it listens: `http://127.0.0.1:4200`. Only after `start`. */
  get url(): string {
    const { app, settings } = this.#parts;
    const address = app.server.address();
    const port = typeof address === "object" && address !== null ? address.port : settings.port;
    const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
    return `http://${host}:${port}`;
  }

  /** @throws PortTakenError; whatever else the system says about the address */
  async start(): Promise<void> {
    const { app, core, settings } = this.#parts;
    try {
      await app.listen({ host: settings.host, port: settings.port });
    } catch (error) {
      await this.stop();
      throw portTaken(error, settings);
    }
    await core.start();
  }

  /** Safe to call twice: both calls wait for the same end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { app, core, sockets, settings } = this.#parts;
    const deadlineMs = settings.shutdownSeconds * 1000;
    const deadline = AbortSignal.timeout(Math.max(0, deadlineMs - LAST_MILLISECONDS));
    const cut = (): void => app.server.closeAllConnections();
    deadline.addEventListener("abort", cut, { once: true });
    await Promise.all([sockets.close(deadlineMs - LAST_MILLISECONDS), closeHttp(app)]);
    deadline.removeEventListener("abort", cut);
    await core.stop(deadline);
  }
}

/**
 * Takes no more connections, but for a moment still answers what comes over those that are open: a request may have
 * been sent just now. Each answer asks the client to leave.
 */
async function closeHttp(app: FastifyInstance): Promise<void> {
  const { server } = app;
  if (server.listening) {
    server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
    // Not `server.close`, which cuts every connection that has no request under way.
    NetServer.prototype.close.call(server);
    if ((await countConnections(server)) > 0) await delay(LAST_REQUESTS_MS);
  }
  await app.close();
}

function countConnections(server: NetServer): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
}

function portTaken(error: unknown, { host, port }: ServerSettings): unknown {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") return error;
  return new PortTakenError(
    `Port ${port} on ${host} is taken: another server may be running. Stop it, or choose another with --port.`,
    { cause: error },
  );
}
