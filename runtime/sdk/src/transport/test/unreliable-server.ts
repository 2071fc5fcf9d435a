/**
 * A server that keeps what it is sent and fails on demand: the network is faked, not our code. It speaks the part of
 * the contract that events and logs need, over real sockets.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SLUICE_VERSION, SLUICE_VERSION_HEADER } from "@sluice/schemas";
import { type WebSocket, WebSocketServer } from "ws";
import type { EventBody, LogBody } from "../wire.ts";

export interface UnreliableServerOptions {
  /** Answers as a Sluice server, so that clients send arrays of events. Default true. */
  readonly isSluice?: boolean;
  /** Events on which it hangs up, as servers do on what they can't read. */
  readonly isPoison?: (event: EventBody) => boolean;
  /** Log lines for which a batch is refused. */
  readonly isBadLog?: (log: LogBody) => boolean;
}

export class UnreliableServer {
  /** Each event once, in the order of first arrival. */
  readonly events = new Map<string, EventBody>();
  readonly logs: LogBody[] = [];
  /** After how many batches of logs, taken but not answered, it cuts the connection. */
  unansweredLogBatches = 0;
  /** Frames of events, as they came. */
  readonly frames: string[] = [];
  /** Events that arrived, repetitions included. */
  arrivals = 0;
  connections = 0;
  /** Statuses for the next requests; then it is well again. */
  readonly nextStatuses: number[] = [];
  readonly #options: UnreliableServerOptions;
  #http: Server | null = null;
  #port = 0;
  readonly #tcp = new Set<Socket>();
  #hangUpAfter = Number.POSITIVE_INFINITY;
  #isMute = false;

  constructor(options: UnreliableServerOptions = {}) {
    this.#options = options;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** Begins to listen; on the same port as before if it did once. */
  async listen(): Promise<this> {
    const http = createServer((request, response) => void this.#answer(request, response));
    const sockets = new WebSocketServer({ noServer: true, autoPong: false });
    http.on("connection", (socket) => {
      this.#tcp.add(socket);
      socket.once("close", () => this.#tcp.delete(socket));
    });
    http.on("upgrade", (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket)),
    );
    if (this.#options.isSluice ?? true) {
      sockets.on("headers", (headers) => headers.push(`${SLUICE_VERSION_HEADER}: ${SLUICE_VERSION}`));
    }
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#http = http;
    this.#port = (http.address() as AddressInfo).port; // a TCP server's address
    return this;
  }

  /** Stops listening and cuts all connections. */
  async goAway(): Promise<void> {
    const http = this.#http;
    this.#http = null;
    if (!http) return;
    const closed = new Promise((resolve) => http.close(resolve));
    this.cutConnections();
    await closed;
  }

  cutConnections(): void {
    for (const socket of this.#tcp) socket.destroy();
  }

  /** Cuts the connection on which the next but `count` event arrives, before anything is confirmed. */
  cutAfter(count: number): void {
    this.#hangUpAfter = count;
  }

  /** Takes events but confirms none. */
  set mute(isMute: boolean) {
    this.#isMute = isMute;
  }

  #serve(socket: WebSocket): void {
    this.connections += 1;
    let isOpen = false;
    socket.on("ping", (data) => {
      if (!this.#isMute) socket.pong(data);
    });
    socket.on("error", () => {});
    socket.on("message", (data: Buffer) => {
      const text = data.toString("utf8");
      if (isOpen) return this.#takeFrame(socket, text);
      isOpen = (JSON.parse(text) as { type?: string }).type === "auth"; // the handshake's first frame
      socket.send(JSON.stringify({ type: "auth_success" }));
    });
  }

  #takeFrame(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    this.frames.push(text);
    const parsed = JSON.parse(text) as EventBody | EventBody[]; // sent by the code under test
    const events = Array.isArray(parsed) ? parsed : [parsed];
    if (events.some((event) => this.#options.isPoison?.(event))) return socket.close(1008, "bad event");
    for (const event of events) {
      this.arrivals += 1;
      if (!this.events.has(event.id)) this.events.set(event.id, event);
      this.#hangUpAfter -= 1;
      if (this.#hangUpAfter > 0) continue;
      this.#hangUpAfter = Number.POSITIVE_INFINITY;
      return socket.terminate();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const status = request.url === "/api/logs/" ? (this.nextStatuses.shift() ?? 201) : 200;
    if (request.url === "/api/csrf-token" || request.url?.startsWith("/api/csrf-token?")) {
      return void response.writeHead(404).end("{}");
    }
    if (this.#options.isSluice ?? true) response.setHeader(SLUICE_VERSION_HEADER, SLUICE_VERSION);
    if (status === 201) {
      const logs = JSON.parse(body) as LogBody[]; // sent by the code under test
      if (logs.some((log) => this.#options.isBadLog?.(log))) return void response.writeHead(422).end("{}");
      const known = new Set(this.logs.map(({ id }) => id ?? ""));
      this.logs.push(...logs.filter(({ id }) => id === undefined || !known.has(id)));
      if (this.unansweredLogBatches > 0) {
        this.unansweredLogBatches -= 1;
        return void response.socket?.destroy();
      }
    }
    response.writeHead(status).end(request.url === "/api/admin/version" ? '"3.8.8"' : "null");
  }
}
