import { endpoints, PREFECT_VERSION } from "@sluice/schemas";
import {
  clearDefaultResultStorage,
  readDefaultResultStorage,
  setDefaultResultStorage,
} from "../../commands/default-result-storage.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import type { ApiServices } from "../services.ts";

export function adminRoutes({ context, settings }: ApiServices): Route[] {
  return [
    route(endpoints.readSettings, () => json(settings.shown)),
    route(endpoints.readServerVersion, () => json(PREFECT_VERSION)),
    route(endpoints.readDefaultResultStorage, async (_input, call) => {
      const id = await readDefaultResultStorage(context.store.reads, call.workspace_id);
      return json({ default_result_storage_block_id: id });
    }),
    route(endpoints.updateDefaultResultStorage, async ({ body }, call) => {
      await setDefaultResultStorage(context, call, body.default_result_storage_block_id);
      return json(body);
    }),
    route(endpoints.clearDefaultResultStorage, async (_input, call) => {
      await clearDefaultResultStorage(context, call);
      return noContent();
    }),
  ];
}
