/** A real HTTP server that answers from a script: the network is faked, not our code. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; or what happens to the connection instead. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | "reset"
  | "garbage"
  | "half";

export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  /** Answers to the next requests other than for CSRF tokens; then 200 with `null`. */
  readonly answers: Answer[] = [];
  /** Answers for CSRF tokens. Default: a server without CSRF. */
  csrf: () => Answer = () => ({ status: 422, body: { detail: "CSRF protection is disabled." } });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
      });
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.requests.push({ method, url, headers, body });
        give(
          response,
          url.startsWith("/api/csrf-token") ? this.csrf() : (this.answers.shift() ?? { status: 200 }),
        );
      });
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** Requests other than for CSRF tokens. */
  get calls(): SeenRequest[] {
    return this.requests.filter(({ url }) => !url.startsWith("/api/csrf-token"));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port; // a TCP server's address
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === "reset") return void response.socket?.resetAndDestroy();
  if (answer === "garbage") return void response.socket?.end("this is not HTTP\r\n\r\n");
  if (answer === "half") {
    response.writeHead(200, { "Content-Length": "1000" });
    response.write("[");
    response.socket?.end();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? null));
}
