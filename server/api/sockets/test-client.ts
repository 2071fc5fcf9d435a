/** Clients of sockets for tests: real sockets on a server of their own. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import { SILENT_LOG } from "../../events/event-log.ts";
import { type MountedSockets, mountSockets, type SocketServerOptions } from "./mount-sockets.ts";
import type { SocketRoute } from "./socket-route.ts";

export interface TestSocketServer extends AsyncDisposable {
  readonly server: Server;
  readonly sockets: MountedSockets;
  connect(path: string, options?: TestClientOptions): TestSocket;
}

export interface TestClientOptions extends ClientOptions {
  /** Default: `["prefect"]`. */
  readonly protocols?: readonly string[];
}

export async function startSocketServer(
  routes: readonly SocketRoute[],
  options: Partial<SocketServerOptions> = {},
): Promise<TestSocketServer> {
  const server = createServer();
  const sockets = mountSockets(server, {
    routes,
    network: { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins: [] },
    authString: null,
    log: SILENT_LOG,
    ...options,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    server,
    sockets,
    connect: (path, { protocols = ["prefect"], ...rest } = {}) =>
      new TestSocket(new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], rest)),
    async [Symbol.asyncDispose]() {
      await sockets.close(100);
      server.close();
    },
  };
}

/** A client that keeps what it receives until it is asked for. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly #received: string[] = [];
  #wake: () => void = () => undefined;
  #closed: { code: number; reason: string } | null = null;
  #httpStatus: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      // Text frames of the default binary type are buffers.
      this.#received.push((data as Buffer).toString());
      this.#wake();
    });
    socket.on("close", (code, reason) => {
      this.#closed = { code, reason: reason.toString() };
      this.#wake();
    });
    socket.on("unexpected-response", (_request, response) => {
      this.#httpStatus = response.statusCode ?? null;
      response.resume();
      socket.terminate();
    });
    socket.on("error", () => undefined);
  }

  /** Resolves when the connection is open; the handshake is the caller's. */
  async open(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, "open");
    return this;
  }

  /** Opens and says who it is. */
  async authenticate(token: string | null = null): Promise<this> {
    await this.open();
    this.send({ type: "auth", token });
    const answer = await this.receive();
    if (JSON.stringify(answer) !== '{"type":"auth_success"}')
      throw new Error(`Not let in: ${JSON.stringify(answer)}`);
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message, parsed; null when the connection ends instead. */
  async receive(): Promise<unknown> {
    while (this.#received.length === 0) {
      if (this.#closed) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return JSON.parse(this.#received.shift() ?? "null");
  }

  /** Resolves when the pong to a ping sent now has come. */
  async ping(): Promise<void> {
    const payload = Math.random().toString(36).slice(2);
    const answered = new Promise<void>((resolve) => {
      const onPong = (data: Buffer): void => {
        if (data.toString() !== payload) return;
        this.socket.off("pong", onPong);
        resolve();
      };
      this.socket.on("pong", onPong);
    });
    this.socket.ping(payload);
    await answered;
  }

  /** How the connection ended. */
  async ended(): Promise<{ code: number; reason: string }> {
    while (!this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#closed;
  }

  /** The status with which the upgrade was refused. */
  async refusal(): Promise<number | null> {
    await this.ended();
    return this.#httpStatus;
  }
}
