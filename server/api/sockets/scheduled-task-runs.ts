/**
 * `/task_runs/subscriptions/scheduled`: deferred task runs for the workers of their tasks (protocol section 4.4).
 *
 * A stock worker gets one run at a time, as bare JSON, and answers each with `{"type":"ack"}` before it gets the next.
 * Our own subscribe with `slots` and get as many runs as they have room for; they send no receipts but
 * `{"type":"done","ids":[…]}` once all they have to tell of a run is told, and `{"type":"drain"}` when they take no
 * more. They stay connected until their last run has ended: the end of the connection is taken for theirs. One that
 * comes back names the runs that it is at work on (`holding`), and is told with `{"type":"lost","ids":[…]}` which of
 * them were given to somebody else meanwhile.
 *
 * Deliberate difference from upstream: a run that is answered with `{"type":"quit"}` goes back to the queue; there it
 * is lost.
 */
import { idSchema, type TaskRunId, type Timestamp, type WorkspaceId } from "@sluice/schemas";
import { z } from "zod";
import type { EventLog } from "../../events/event-log.ts";
import type { TaskRun } from "../../store/task-runs.ts";
import { presentTaskRun } from "../presenters/task-run-presenter.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import { HANDSHAKE_TIMEOUT_MS, parseJson } from "./handshake.ts";
import type { SocketMessage } from "./socket-messages.ts";
import type { SocketConnection, SocketRoute } from "./socket-route.ts";

/** The part of the dispatcher that a socket needs. */
export interface TaskRunDispatcher {
  connect(
    subscription: {
      readonly workspace_id: WorkspaceId;
      readonly identifier: string;
      readonly task_keys: readonly string[];
      readonly slots: number | null;
    },
    taker: { take(run: TaskRun): boolean; onLost(): void },
    holding: readonly TaskRunId[],
  ): Promise<TaskRunChannel>;
}

export interface TaskRunChannel {
  /** What the worker had from an earlier connection, and still has. */
  readonly held: readonly TaskRunId[];
  /** The run whose receipt is due. */
  readonly awaited: TaskRunId | null;
  acknowledge(id: TaskRunId): Promise<void>;
  finish(ids: readonly TaskRunId[]): Promise<void>;
  drain(): void;
  leave(departure: "worker left" | "server stops"): Promise<void>;
}

export interface ScheduledTaskRunsOptions {
  readonly dispatcher: TaskRunDispatcher;
  readonly log: EventLog;
  readonly now: () => Timestamp;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_KEYS = 1000;
const MAX_NAME_LENGTH = 500;
const MAX_SLOTS = 10_000;

export function scheduledTaskRunsRoute(options: ScheduledTaskRunsOptions): SocketRoute {
  return {
    path: "/task_runs/subscriptions/scheduled",
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: (connection) => serveTaskWorker(connection, options),
  };
}

async function serveTaskWorker(
  connection: SocketConnection,
  options: ScheduledTaskRunsOptions,
): Promise<void> {
  const { socket, messages, workspace_id, stopping } = connection;
  const subscription = readSubscription(await messages.next(HANDSHAKE_TIMEOUT_MS));
  if ("violation" in subscription) {
    violate(connection, subscription.violation);
    return;
  }
  const ended = new Promise<"worker left" | "server stops">((resolve) => {
    socket.once("close", () => resolve("worker left"));
    stopping.addEventListener("abort", () => resolve("server stops"), { once: true });
    if (stopping.aborted) resolve("server stops");
    else if (socket.readyState !== socket.OPEN) resolve("worker left");
  });
  const { holding, ...rest } = subscription;
  const channel = await options.dispatcher.connect(
    { workspace_id, ...rest },
    {
      take(run) {
        if (socket.readyState !== socket.OPEN || stopping.aborted) return false;
        socket.send(JSON.stringify(presentTaskRun(run, options.now())));
        return true;
      },
      onLost: () =>
        closeSocket(socket, CloseCode.serviceRestart, "The server had given up this connection; reconnect"),
    },
    holding,
  );
  const lost = holding.filter((id) => !channel.held.includes(id));
  if (lost.length > 0) socket.send(JSON.stringify({ type: "lost", ids: lost }));
  const note = (done: Promise<void>): void => {
    // The worker is none the wiser: what could not be written is put right when its connection ends.
    done.catch((error: unknown) =>
      options.log.warn({ err: error }, "A task worker's word could not be kept"),
    );
  };
  messages.handOver((message) => {
    const answer = readAnswer(message);
    const { awaited } = channel;
    if (answer?.type === "quit") closeSocket(socket, CloseCode.normal, "");
    else if (answer?.type === "done") note(channel.finish(answer.ids));
    else if (answer?.type === "drain") channel.drain();
    else if (awaited === null) return;
    else if (answer?.type === "ack") note(channel.acknowledge(awaited));
    else violate(connection, "expected 'ack' message");
  });
  const departure = await ended;
  await channel.leave(departure);
  if (departure === "server stops") {
    closeSocket(socket, CloseCode.serviceRestart, "The server is stopping");
  }
}

interface Subscription {
  readonly identifier: string;
  readonly task_keys: readonly string[];
  readonly slots: number | null;
  readonly holding: readonly TaskRunId[];
}

const envelope = z.object({ type: z.literal("subscribe") });
const keys = z.array(z.string().max(MAX_NAME_LENGTH)).min(1).max(MAX_KEYS);
const clientId = z.string().min(1).max(MAX_NAME_LENGTH);
const slots = z.int().min(1).max(MAX_SLOTS).nullable().catch(null);
const runIds = z.array(idSchema<"task-run">()).max(MAX_SLOTS);

/** The words of a violation are those that stock workers show. */
function readSubscription(message: SocketMessage | null): Subscription | { readonly violation: string } {
  const value = parseJson(message?.text ?? null);
  if (!envelope.safeParse(value).success) return { violation: "expected 'subscribe' message" };
  // An object, as the envelope says.
  const fields = value as Readonly<Record<string, unknown>>;
  const task_keys = keys.safeParse(fields["keys"]);
  if (!task_keys.success) return { violation: "expected 'keys' in subscribe message" };
  const identifier = clientId.safeParse(fields["client_id"]);
  if (!identifier.success) return { violation: "expected 'client_id' in subscribe message" };
  return {
    identifier: identifier.data,
    task_keys: [...new Set(task_keys.data)],
    slots: slots.parse(fields["slots"] ?? null),
    holding: runIds.safeParse(fields["holding"]).data ?? [],
  };
}

const answer = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ack") }),
  z.object({ type: z.literal("quit") }),
  z.object({ type: z.literal("drain") }),
  z.object({ type: z.literal("done"), ids: runIds }),
]);

function readAnswer({ text }: SocketMessage): z.output<typeof answer> | null {
  return answer.safeParse(parseJson(text)).data ?? null;
}

function violate({ socket }: SocketConnection, what: string): void {
  closeSocket(socket, CloseCode.protocolViolation, `Protocol violation: ${what}`);
}
