import { DEFAULT_WORKSPACE_ID, logFilter, type FlowRunId, type LogId, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { Log } from "../store/logs.ts";
import { compileLogFilter } from "./log-filter.ts";

const FLOW_RUN = "01999999-0000-7000-8000-000000000001";
const OTHER = "01999999-0000-7000-8000-000000000002";
const LOG: Log = {
  id: "01999999-0000-7000-8000-00000000000a" as LogId,
  workspace_id: DEFAULT_WORKSPACE_ID,
  created: 2_000_000 as Timestamp,
  name: "prefect.flow_runs",
  level: 30,
  message: "Connection Refused",
  timestamp: 1_000_000 as Timestamp,
  flow_run_id: FLOW_RUN as FlowRunId,
  task_run_id: null,
};

describe("compileLogFilter", () => {
  it.each([
    ["no criteria", {}, true],
    ["a level within bounds", { level: { ge_: 30, le_: 30 } }, true],
    ["a level below", { level: { ge_: 31 } }, false],
    ["a level above", { level: { le_: 29 } }, false],
    [
      "a time within bounds",
      { timestamp: { after_: "1970-01-01T00:00:01Z", before_: "1970-01-01T00:00:01Z" } },
      true,
    ],
    ["a time before", { timestamp: { after_: "1970-01-01T00:00:01.000001Z" } }, false],
    ["its flow run", { flow_run_id: { any_: [OTHER, FLOW_RUN] } }, true],
    ["another flow run", { flow_run_id: { any_: [OTHER] } }, false],
    ["no flow run at all", { flow_run_id: { any_: [] } }, false],
    ["no task run, as wanted", { task_run_id: { is_null_: true } }, true],
    ["no task run where one is wanted", { task_run_id: { is_null_: false } }, false],
    ["another task run", { task_run_id: { any_: [OTHER] } }, false],
    ["a word of the message", { text: { query: "refused" } }, true],
    ["a word of the logger's name", { text: { query: "+flow_runs -timeout" } }, true],
    ["a word it lacks", { text: { query: "timeout" } }, false],
    ["all criteria, one of which fails", { level: { ge_: 30 }, text: { query: "timeout" } }, false],
    [
      "any criterion, one of which holds",
      { operator: "or_", level: { ge_: 30 }, text: { query: "timeout" } },
      true,
    ],
    ["any of no criteria", { operator: "or_" }, true],
  ])("%s", (_, filter, expected) => {
    expect(compileLogFilter(logFilter.parse(filter))(LOG)).toBe(expected);
  });
});
