/** Events from user code. */
import {
  formatTimestamp,
  newId,
  parseTimestamp,
  type Timestamp,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import { now } from "./clock.ts";
import { connect, connectedTransport } from "./connection.ts";
import { currentContext } from "./context.ts";
import { resource, tagResource, withoutRepeats } from "./engine/related-resources.ts";
import type { EventBody, EventLabels } from "./transport/wire.ts";

/** Events further apart are not said to follow each other. */
const TIGHT_TIMING_MICROS = 5 * 60 * 1_000_000;

export interface EmitEventOptions {
  /** What happened: `order.shipped`. */
  readonly event: string;
  /** To what. Needs `prefect.resource.id`. */
  readonly resource: Readonly<EventLabels>;
  /** What else took part. Each needs `prefect.resource.id` and `prefect.resource.role`. The current run is added. */
  readonly related?: readonly Readonly<EventLabels>[];
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Default: now. */
  readonly occurred?: Date;
  /** Default: a fresh UUID. The same id sent twice is one event. */
  readonly id?: string;
  /** The event that came before this one, where order matters. Ignored when more than 5 minutes lie between them. */
  readonly follows?: Pick<EmittedEvent, "id" | "occurred">;
}

/** An event as it was handed over. */
export interface EmittedEvent {
  readonly id: string;
  readonly occurred: Date;
  readonly event: string;
}

/**
 * Sends an event. Returns at once; the event leaves with the next batch.
 *
 * ```ts
 * emitEvent({ event: "order.shipped", resource: { "prefect.resource.id": "order.42" }, payload: { user: "ada" } });
 * ```
 */
export function emitEvent(options: EmitEventOptions): EmittedEvent {
  const moment = options.occurred ? timestampFromMilliseconds(options.occurred.getTime()) : now();
  const body: EventBody = {
    id: options.id ?? newId(),
    occurred: formatTimestamp(moment),
    event: options.event,
    resource: { ...options.resource },
    related: relatedTo(options),
    payload: { ...options.payload },
    follows: followed(options.follows, moment),
  };
  const transport = currentContext().flow?.transport ?? connectedTransport();
  if (transport) transport.emitEvent(body);
  else void connect().then((opened) => opened.emitEvent(body), warnUnsent);
  return { id: body.id, occurred: new Date(moment / 1000), event: body.event };
}

function relatedTo(options: EmitEventOptions): EventLabels[] {
  const { flow, task } = currentContext();
  const given = (options.related ?? []).map((labels) => ({ ...labels }));
  if (!flow) return given;
  const [flowRun, ...rest] = flow.related;
  const tags = task?.taskRun.tags ?? [];
  const all = [
    options.resource,
    ...given,
    ...(flowRun ? [flowRun] : []),
    ...(task ? [resource("task-run", task.taskRun.id, task.taskRun.name)] : []),
    ...rest,
    ...tags.toSorted().map(tagResource),
  ];
  return withoutRepeats(all).slice(1);
}

function followed(earlier: EmitEventOptions["follows"], moment: Timestamp): string | null {
  if (!earlier) return null;
  const occurred = parseTimestamp(earlier.occurred.toISOString());
  return occurred !== null && Math.abs(moment - occurred) < TIGHT_TIMING_MICROS ? earlier.id : null;
}

function warnUnsent(error: unknown): void {
  process.emitWarning(`An event could not be sent: ${String(error)}`);
}
