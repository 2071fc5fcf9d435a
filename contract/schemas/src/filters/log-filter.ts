/** Which log lines (protocol section 9.5). */
import { z } from "zod";
import { integer } from "../fields.ts";
import { flag, ids, momentRange, operatorField, textQuery } from "./criteria.ts";

export const logFilter = z
  .strictObject({
    operator: operatorField,
    level: z
      .strictObject({ ge_: integer.nullish(), le_: integer.nullish() })
      .meta({ id: "LogFilterLevel" })
      .nullish(),
    timestamp: z.strictObject(momentRange).meta({ id: "LogFilterTimestamp" }).nullish(),
    flow_run_id: z.strictObject({ any_: ids<"flow-run">() }).meta({ id: "LogFilterFlowRunId" }).nullish(),
    task_run_id: z
      .strictObject({ any_: ids<"task-run">(), is_null_: flag })
      .meta({ id: "LogFilterTaskRunId" })
      .nullish(),
    text: z.strictObject(textQuery).meta({ id: "LogFilterTextSearch" }).nullish(),
  })
  .meta({ id: "LogFilter" });
export type LogFilter = z.output<typeof logFilter>;
