import { API_VERSION, formatTimestamp, endpoints } from "@sluice/schemas";
import { issueCsrfToken } from "../../commands/csrf-tokens.ts";
import { unprocessable } from "../../commands/errors.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { newSecretToken } from "../edge/secrets.ts";
import type { ApiServices } from "../services.ts";

export function rootRoutes({ context, settings }: ApiServices): Route[] {
  return [
    route(endpoints.checkHealth, () => json(true)),
    route(endpoints.readApiVersion, () => json(API_VERSION)),
    route(endpoints.hello, () => json("👋")),
    route(endpoints.checkReadiness, async () =>
      (await context.store.isHealthy())
        ? json({ message: "OK" })
        : json({ message: "Database is not available" }, 503),
    ),
    route(endpoints.createCsrfToken, async ({ query }) => {
      const lifetimeSeconds = settings.csrfTokenLifetimeSeconds;
      if (lifetimeSeconds === null) throw unprocessable("CSRF protection is disabled.");
      const request = { client: query.client, token: newSecretToken(), lifetimeSeconds };
      const token = await issueCsrfToken(context, request);
      return json({
        ...token,
        created: formatTimestamp(token.created),
        updated: formatTimestamp(token.updated),
        expiration: formatTimestamp(token.expiration),
      });
    }),
  ];
}
