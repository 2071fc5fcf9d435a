/** The composition root of a server with a port: settings → store → core → HTTP and sockets. */
import type { CommandContext } from "../commands/context.ts";
import type { CsrfCheck } from "../api/edge/access-check.ts";
import { createHttpServer } from "../api/edge/http-server.ts";
import { createMetrics } from "../api/metrics.ts";
import { allRoutes } from "../api/routes/all-routes.ts";
import { eventsInRoute } from "../api/sockets/events-in.ts";
import { eventsOutRoute } from "../api/sockets/events-out.ts";
import { logsOutRoute } from "../api/sockets/logs-out.ts";
import { mountSockets } from "../api/sockets/mount-sockets.ts";
import { scheduledTaskRunsRoute } from "../api/sockets/scheduled-task-runs.ts";
import { registerSystemRoutes } from "../api/system-routes.ts";
import { listenRefusal } from "../access/network-rules.ts";
import type { Logger } from "pino";
import { createCore } from "./core.ts";
import { openStore } from "./open-store.ts";
import { RunningServer } from "./running-server.ts";
import { type ServerSettings, SettingsError } from "./settings.ts";

/** @throws SettingsError when the settings ask for something unsafe */
export async function createServer(settings: ServerSettings, logger: Logger): Promise<RunningServer> {
  const refusal = listenRefusal(settings.host, settings.authString !== null, settings.insecure);
  if (refusal !== null) throw new SettingsError(refusal);
  const store = await openStore(settings.database);
  const core = createCore(store, settings, logger);
  const metrics = createMetrics(core.gauges);
  const network = {
    listenHost: settings.host,
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.corsAllowedOrigins,
  };
  const { context } = core.services;
  const { now } = context;
  const app = await createHttpServer({
    routes: allRoutes(core.services),
    logger,
    network,
    authString: settings.authString,
    csrf: settings.csrfProtection ? csrfCheck(context) : null,
    bodyLimitBytes: settings.maxBodyBytes,
    observe: (request) => metrics.observeRequest(request),
  });
  registerSystemRoutes(app, {
    metrics,
    hasAuth: settings.authString !== null,
    hasCsrf: settings.csrfProtection,
  });
  const sockets = mountSockets(app.server, {
    routes: [
      eventsInRoute({ ingest: core.eventIngest, now }),
      eventsOutRoute({ events: store.reads.events, broadcast: core.eventBroadcast, now }),
      logsOutRoute({ broadcast: core.logBroadcast }),
      scheduledTaskRunsRoute({ dispatcher: core.taskDispatcher, log: logger, now }),
    ],
    network,
    authString: settings.authString,
    log: logger,
  });
  return new RunningServer({ app, core, sockets, settings });
}

function csrfCheck({ store, now }: CommandContext): CsrfCheck {
  return {
    async tokenOf(client) {
      const token = await store.reads.csrfTokens.readByClient(client);
      return token !== null && token.expiration > now() ? token.token : null;
    },
  };
}
