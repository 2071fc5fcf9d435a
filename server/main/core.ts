/** The server without a port: store, commands, queues, streams, background services. What HTTP and embedded use share. */
import { DEFAULT_WORKSPACE_ID } from "@sluice/schemas";
import type { Logger } from "pino";
import type { GaugeSource } from "../api/metrics.ts";
import type { ApiServices } from "../api/services.ts";
import type { CommandContext } from "../commands/context.ts";
import { installBlockTypes } from "../commands/install-block-types.ts";
import { RunWriter } from "../commands/run-writer.ts";
import {
  type Broadcast,
  eventBroadcast as newEventBroadcast,
  logBroadcast as newLogBroadcast,
} from "../events/broadcast.ts";
import { EventIngest } from "../events/event-ingest.ts";
import { Intake } from "../events/intake.ts";
import { LogIngest } from "../events/log-ingest.ts";
import { OutboxPublisher } from "../events/outbox-publisher.ts";
import { eventRelay, logRelay } from "../events/relay.ts";
import { wakingStore } from "./waking-store.ts";
import { allServices, type RunningServices, startServices } from "../services/all-services.ts";
import { TaskDispatcher } from "../services/task-dispatcher.ts";
import type { StoredEvent } from "../store/events.ts";
import type { Log } from "../store/logs.ts";
import type { Store } from "../store/store.ts";
import { currentTimestamp } from "./clock.ts";
import { coreGauges } from "./core-gauges.ts";
import { secretBoxOpener } from "./encryption-key.ts";
import { type ServerSettings, shownSettings } from "./settings.ts";

export interface Core {
  readonly services: ApiServices;
  readonly eventIngest: EventIngest;
  readonly eventBroadcast: Broadcast<StoredEvent>;
  readonly logBroadcast: Broadcast<Log>;
  readonly taskDispatcher: TaskDispatcher;
  readonly gauges: readonly GaugeSource[];
  /** Starts background work. */
  start(): Promise<void>;
  /** Writes what waits and closes the store; gives up on a store that is away when `deadline` is aborted. */
  stop(deadline: AbortSignal): Promise<void>;
}

export function createCore(store: Store, settings: ServerSettings, logger: Logger): Core {
  const now = currentTimestamp;
  const random = Math.random;
  const eventBroadcast = newEventBroadcast();
  const logBroadcast = newLogBroadcast();
  const events = eventRelay({ store, broadcast: eventBroadcast, log: logger, now });
  const logs = logRelay({ store, broadcast: logBroadcast, log: logger, now });
  const onStored = events.tell.bind(events);
  const publisher = new OutboxPublisher({ store, broadcast: eventBroadcast, onStored, log: logger });
  const commandStore = wakingStore(store, {
    onOutboxWritten: () => publisher.wake(),
    onTaskRunsQueued: (queued) => taskDispatcher.tell(queued),
  });
  const runs = new RunWriter({ store: commandStore, now, random });
  const secrets = secretBoxOpener(store, settings);
  const context: CommandContext = { store: commandStore, now, random, runs, secrets };
  const taskDispatcher = new TaskDispatcher({ context, log: logger });
  const eventIngest = new EventIngest({ store, broadcast: eventBroadcast, onStored, log: logger, now });
  const logIngest = new LogIngest({
    store,
    broadcast: logBroadcast,
    onStored: logs.tell.bind(logs),
    log: logger,
  });
  const intake = new Intake({ events: eventIngest, logs: logIngest, now });
  let running: RunningServices | null = null;

  return {
    services: {
      context,
      intake,
      settings: {
        maxParameterBytes: settings.maxParameterBytes,
        csrfTokenLifetimeSeconds: settings.csrfProtection ? settings.csrfTokenExpirationSeconds : null,
        shown: shownSettings(settings),
      },
    },
    eventIngest,
    eventBroadcast,
    logBroadcast,
    taskDispatcher,
    gauges: coreGauges({
      store,
      eventIngest,
      eventBroadcast,
      logBroadcast,
      failingServices: () => running?.failing.size ?? 0,
    }),
    async start() {
      await Promise.all([events.start(), logs.start(), taskDispatcher.start()]);
      publisher.start();
      await installBlockTypes(context, DEFAULT_WORKSPACE_ID);
      if (settings.servicesEnabled)
        running = startServices(allServices(context), { now, random, log: logger });
    },
    async stop(deadline) {
      await running?.stop();
      await taskDispatcher.close();
      eventBroadcast.close();
      logBroadcast.close();
      await Promise.all([eventIngest.close(deadline), logIngest.close(deadline)]);
      await publisher.close();
      await Promise.all([events.close(), logs.close()]);
      await store.close();
    },
  };
}
