/** `/logs/out`: log lines as they are stored; no backfill (protocol section 7.5). */
import { logFilter } from "@sluice/schemas";
import type { Broadcast } from "../../events/broadcast.ts";
import { compileLogFilter } from "../../events/log-filter.ts";
import type { Log } from "../../store/logs.ts";
import { presentLog } from "../presenters/log-presenter.ts";
import { MAX_FILTER_BYTES, receiveFilter } from "./filter-message.ts";
import { closeAfterStream, endWithConnection } from "./live-stream.ts";
import { sendText } from "./send-queue.ts";
import type { SocketConnection, SocketRoute } from "./socket-route.ts";

export interface LogsOutOptions {
  readonly broadcast: Pick<Broadcast<Log>, "subscribe">;
}

export function logsOutRoute({ broadcast }: LogsOutOptions): SocketRoute {
  return {
    path: "/logs/out",
    maxMessageBytes: MAX_FILTER_BYTES,
    serve: (connection) => serveLogs(connection, broadcast),
  };
}

async function serveLogs(
  connection: SocketConnection,
  broadcast: LogsOutOptions["broadcast"],
): Promise<void> {
  const message = await receiveFilter(connection, logFilter);
  if (message === null) return;
  const { socket, workspace_id } = connection;
  await using subscription = broadcast.subscribe(workspace_id, compileLogFilter(message.filter));
  using _undo = { [Symbol.dispose]: endWithConnection(connection, subscription) };
  for (let live = await subscription.next(); live !== null; live = await subscription.next()) {
    for (const log of live) await sendText(socket, `{"type":"log","log":${JSON.stringify(presentLog(log))}}`);
  }
  closeAfterStream(connection, subscription);
}
