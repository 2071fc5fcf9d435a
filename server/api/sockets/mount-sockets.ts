/**
 * The sockets of the API on a running HTTP server. Order of an upgrade: stopping? → Host and Origin → route and
 * workspace → subprotocol → accept → handshake → the route. What is refused before the upgrade gets an HTTP status.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { SLUICE_VERSION, SLUICE_VERSION_HEADER } from "@sluice/schemas";
import { type WebSocket, WebSocketServer } from "ws";
import { isHostAllowed, isOriginAllowed, type NetworkRules } from "../../access/network-rules.ts";
import type { EventLog } from "../../events/event-log.ts";
import { splitWorkspace } from "../edge/workspaces.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import { offersSubprotocol, SUBPROTOCOL, shakeHands } from "./handshake.ts";
import { DEFAULT_KEEP_ALIVE, KeepAlive, type KeepAliveOptions } from "./keep-alive.ts";
import { SocketMessages } from "./socket-messages.ts";
import type { SocketConnection, SocketRoute } from "./socket-route.ts";

export interface SocketServerOptions {
  readonly routes: readonly SocketRoute[];
  readonly network: NetworkRules;
  /** Null: no credentials are asked for. */
  readonly authString: string | null;
  readonly log: EventLog;
  readonly keepAlive?: KeepAliveOptions;
  /** Upgrades beyond this many open sockets get 503. Default 5,000. */
  readonly maxSockets?: number;
}

export interface MountedSockets {
  readonly openSockets: number;
  /** Takes no more clients, lets every route finish, closes all. Resolves when no socket is left, at the latest after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

interface MountedRoute {
  readonly route: SocketRoute;
  readonly pattern: RegExp;
  readonly server: WebSocketServer;
}

const DEFAULT_MAX_SOCKETS = 5000;
const DEFAULT_GRACE_MS = 10_000;

/** Serves the routes on `server`; every other upgrade is answered with 404. */
export function mountSockets(server: Server, options: SocketServerOptions): MountedSockets {
  const sockets = new Set<WebSocket>();
  const serving = new Set<Promise<void>>();
  const stopping = new AbortController();
  const keepAlive = new KeepAlive(options.keepAlive ?? DEFAULT_KEEP_ALIVE);
  const mounted = options.routes.map(mountRoute);

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const target = findTarget(mounted, request.url ?? "/");
    const refusal = refusalOfUpgrade(request, target, {
      ...options,
      isStopping: stopping.signal.aborted,
      openSockets: sockets.size,
    });
    if (refusal !== null || target === null) {
      refuseUpgrade(socket, refusal ?? 404);
      return;
    }
    target.mounted.server.handleUpgrade(request, socket, head, (webSocket) => {
      accept(webSocket, target);
    });
  };

  function accept(socket: WebSocket, { mounted: { route }, workspace_id, params }: Target): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A broken connection and an oversized frame come as errors; `ws` closes the socket by itself.
    socket.on("error", (error) => options.log.info({ err: error, path: route.path }, "A socket broke"));
    keepAlive.watch(socket);
    const connection: OpeningConnection = {
      socket,
      messages: new SocketMessages(socket),
      earlyPings: [],
      workspace_id,
      params,
      stopping: stopping.signal,
    };
    const done = serveClient(route, connection, options).finally(() => serving.delete(done));
    serving.add(done);
  }

  server.on("upgrade", onUpgrade);
  return {
    get openSockets() {
      return sockets.size;
    },
    async close(graceMs = DEFAULT_GRACE_MS) {
      stopping.abort();
      const deadline = setTimeout(() => {
        for (const socket of sockets) socket.terminate();
      }, graceMs);
      await Promise.allSettled(serving);
      for (const socket of sockets) closeSocket(socket, CloseCode.serviceRestart, "The server is stopping");
      await Promise.all(
        [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
      );
      clearTimeout(deadline);
      keepAlive.stop();
      server.off("upgrade", onUpgrade);
    },
  };
}

interface OpeningConnection extends SocketConnection {
  readonly earlyPings: Buffer[];
}

async function serveClient(
  route: SocketRoute,
  connection: OpeningConnection,
  { authString, log }: SocketServerOptions,
): Promise<void> {
  const { socket, messages, earlyPings, stopping } = connection;
  // Clients ping first of all (trap 40). Only a ping behind a message has something to wait for.
  const answerPing = (data: Buffer): void => {
    if (messages.hasKept) earlyPings.push(data);
    else socket.pong(data);
  };
  const turnAway = (): void => closeSocket(socket, CloseCode.serviceRestart, "The server is stopping");
  if (route.autoPong === false) socket.on("ping", answerPing);
  stopping.addEventListener("abort", turnAway);
  try {
    const isWelcome = await shakeHands(socket, messages, authString);
    socket.off("ping", answerPing);
    stopping.removeEventListener("abort", turnAway);
    if (isWelcome) await route.serve(connection);
  } catch (error) {
    log.error({ err: error, path: route.path }, "A socket failed");
    if (socket.readyState === socket.OPEN) socket.close(1011, "Internal Server Error");
  }
}

function mountRoute(route: SocketRoute): MountedRoute {
  const server = new WebSocketServer({
    noServer: true,
    autoPong: route.autoPong ?? true,
    maxPayload: route.maxMessageBytes,
    // Frames are small JSON texts; compressing them would cost most of the throughput.
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on("headers", (headers) => headers.push(`${SLUICE_VERSION_HEADER}: ${SLUICE_VERSION}`));
  const pattern = route.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return { route, server, pattern: new RegExp(`^/api${pattern}/?$`) };
}

interface Target extends Pick<SocketConnection, "workspace_id" | "params"> {
  readonly mounted: MountedRoute;
}

function findTarget(routes: readonly MountedRoute[], requestUrl: string): Target | null {
  const { workspace_id, url } = splitWorkspace(requestUrl);
  if (workspace_id === null) return null;
  const path = url.split("?", 1)[0] ?? "";
  for (const mounted of routes) {
    const match = mounted.pattern.exec(path);
    const params = match && decodeAll(match.groups ?? {});
    if (params) return { mounted, workspace_id, params };
  }
  return null;
}

function decodeAll(groups: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return null;
  }
}

interface UpgradeCircumstances extends SocketServerOptions {
  readonly isStopping: boolean;
  readonly openSockets: number;
}

/** The HTTP status with which an upgrade is refused; null when it is not. */
function refusalOfUpgrade(
  request: IncomingMessage,
  target: Target | null,
  { network, authString, maxSockets = DEFAULT_MAX_SOCKETS, isStopping, openSockets }: UpgradeCircumstances,
): 403 | 404 | 503 | null {
  const { host, origin } = request.headers;
  if (isStopping || openSockets >= maxSockets) return 503;
  if (!isHostAllowed(host, network) || !isOriginAllowed(origin, host, network)) return 403;
  if (target === null) return 404;
  if (authString !== null && !offersSubprotocol(request)) return 403;
  return null;
}

const STATUS_LINES = {
  403: "403 Forbidden",
  404: "404 Not Found",
  503: "503 Service Unavailable\r\nRetry-After: 1",
} as const;

function refuseUpgrade(socket: Duplex, status: keyof typeof STATUS_LINES): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${STATUS_LINES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
