/** The figures of a server that are read when somebody asks for them. */
import type { GaugeSource } from "../api/metrics.ts";
import type { EventIngest } from "../events/event-ingest.ts";
import type { Store } from "../store/store.ts";

export interface GaugedParts {
  readonly store: Store;
  readonly eventIngest: Pick<EventIngest, "counts">;
  readonly eventBroadcast: { readonly subscriberCount: number };
  readonly logBroadcast: { readonly subscriberCount: number };
  readonly failingServices: () => number;
}

export function coreGauges(parts: GaugedParts): GaugeSource[] {
  const { store, eventIngest, eventBroadcast, logBroadcast, failingServices } = parts;
  return [
    {
      name: "queued_events",
      help: "Events taken from clients that are not stored yet",
      read: () => eventIngest.counts.queuedEvents,
    },
    {
      name: "stored_events",
      help: "Events stored since the process began",
      read: () => eventIngest.counts.stored,
    },
    {
      name: "rejected_events",
      help: "Events that the store refused since the process began",
      read: () => eventIngest.counts.rejected,
    },
    {
      name: "outbox_events",
      help: "Events of commands that are not published yet",
      read: () => store.reads.outbox.count(),
    },
    {
      name: "failing_services",
      help: "Background services whose last pass failed",
      read: failingServices,
    },
    {
      name: "event_subscribers",
      help: "Open streams of events",
      read: () => eventBroadcast.subscriberCount,
    },
    { name: "log_subscribers", help: "Open streams of logs", read: () => logBroadcast.subscriberCount },
    {
      name: "database_up",
      help: "1 when the database answers",
      read: async () => ((await store.isHealthy()) ? 1 : 0),
    },
  ];
}
