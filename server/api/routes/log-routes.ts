import { endpoints } from "@sluice/schemas";
import { notFound } from "../../commands/errors.ts";
import { createdNothing, json, type Reply } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentLog } from "../presenters/log-presenter.ts";
import type { ApiServices } from "../services.ts";
import { logCsv } from "./log-csv.ts";

const EVERY_LOG = { operator: "and_" } as const;

export function logRoutes({ context, intake }: ApiServices): Route[] {
  const { flowRuns, logs } = context.store.reads;
  return [
    route(endpoints.createLogs, async ({ body }, call) => {
      await intake.addLogs(call, body);
      return createdNothing();
    }),
    route(endpoints.readLogs, async ({ body }, call) => {
      const { sort, limit, offset } = body;
      const found = await logs.list(call.workspace_id, {
        filter: body.logs ?? EVERY_LOG,
        sort,
        limit,
        offset,
      });
      return json(found.map(presentLog));
    }),
    route(endpoints.downloadFlowRunLogs, async ({ params }, call): Promise<Reply> => {
      const run = await flowRuns.read(call.workspace_id, params.id);
      if (!run) throw notFound("Flow run");
      const fileName = encodeURIComponent(`${run.name}-logs.csv`);
      return {
        kind: "stream",
        status: 200,
        chunks: logCsv(logs, call.workspace_id, params.id),
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''${fileName}`,
        },
      };
    }),
  ];
}
