/** Log lines of runs (protocol section 9.5). */
import { z } from "zod";
import { integer, orNull } from "./fields.ts";
import { type FlowRunId, idOutput, idSchema, type LogId, type TaskRunId } from "./ids.ts";
import { type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";

/** A log line as the server keeps it. */
export interface Log {
  readonly id: LogId;
  readonly created: Timestamp;
  /** The logger's name. */
  readonly name: string;
  /** 10 debug, 20 info, 30 warning, 40 error, 50 critical; numbers between are allowed. */
  readonly level: number;
  readonly message: string;
  readonly timestamp: Timestamp;
  readonly flow_run_id: FlowRunId | null;
  readonly task_run_id: TaskRunId | null;
}

/** One line of `POST /logs/`, whose body is a bare array of them. */
export const logCreate = z
  .strictObject({
    /** Ours, not the reference's: a line that arrives again under its id is kept once. */
    id: idSchema<"log">().optional(),
    name: z.string(),
    level: integer,
    message: z.string(),
    timestamp: timestampInput,
    flow_run_id: orNull(idSchema<"flow-run">()),
    task_run_id: orNull(idSchema<"task-run">()),
  })
  .meta({ id: "LogCreate" });
export type LogCreate = z.output<typeof logCreate>;

export const logResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string(),
    level: integer,
    message: z.string(),
    timestamp: timestampOutput,
    flow_run_id: idOutput.nullable(),
    task_run_id: idOutput.nullable(),
  })
  .meta({ id: "Log" });
export type LogResponse = z.output<typeof logResponse>;
