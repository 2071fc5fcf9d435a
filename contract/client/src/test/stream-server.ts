/** A real server of the streams out, which sends what a test tells it to and breaks when told to. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export class StreamServer {
  /** Frames from clients, by connection: first the handshake, then the filter. */
  readonly received: unknown[][] = [];
  /** Bodies of `POST /logs/filter`, and the pages to answer them with. */
  readonly logQueries: { offset: number; logs: { timestamp: { after_: string } } }[] = [];
  readonly logPages: unknown[][] = [];
  /** What to answer a handshake with; a number closes with that code. */
  handshake: object | number = { type: "auth_success" };
  /** Sends something as soon as a client has named its filter. */
  onFilter: (socket: WebSocket, connection: number) => void = () => {};
  openSockets = 0;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  #port = 0;

  constructor() {
    this.#http = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
      });
      request.on("end", () => {
        if (request.method === "GET") return void response.writeHead(404).end("{}");
        this.logQueries.push(JSON.parse(body) as (typeof this.logQueries)[number]); // sent by the code under test
        response.writeHead(200).end(JSON.stringify(this.logPages.shift() ?? []));
      });
    });
    this.#sockets = new WebSocketServer({ server: this.#http });
    this.#sockets.on("connection", (socket) => this.#serve(socket));
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#http.address() as AddressInfo).port; // a TCP server's address
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #serve(socket: WebSocket): void {
    const frames: unknown[] = [];
    const connection = this.received.push(frames) - 1;
    this.openSockets += 1;
    socket.on("close", () => {
      this.openSockets -= 1;
    });
    socket.on("message", (data: Buffer) => {
      frames.push(JSON.parse(data.toString("utf8")));
      if (frames.length > 1) return this.onFilter(socket, connection);
      if (typeof this.handshake === "number") socket.close(this.handshake, "because");
      else socket.send(JSON.stringify(this.handshake));
    });
  }
}
