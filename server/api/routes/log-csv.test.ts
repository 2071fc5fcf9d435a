import { type FlowRunId, type LogId, newId, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { DEFAULT_WORKSPACE_ID } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { Log } from "../../store/logs.ts";
import { csvLine, logCsv } from "./log-csv.ts";

const moment = parseTimestamp("2026-08-01T12:00:00.5Z") as Timestamp;
const flowRunId = "0198c0de-0000-7000-8000-000000000001" as FlowRunId;

function log(message: string): Log {
  return {
    id: newId<"log">(),
    workspace_id: DEFAULT_WORKSPACE_ID,
    created: moment,
    name: "prefect.flow_runs",
    level: 20,
    message,
    timestamp: moment,
    flow_run_id: flowRunId,
    task_run_id: null,
  };
}

describe("a line of the log file", () => {
  it.each([
    ["plain words", "plain words"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
  ])("quotes %j only where it must", (message, cell) => {
    expect(csvLine(log(message))).toBe(`2026-08-01 12:00:00.500000+00:00,20,${flowRunId},,${cell}\r\n`);
  });
});

describe("the log file", () => {
  it("goes through all pages, each after the last line of the one before", async () => {
    const all = Array.from({ length: 2500 }, (_, index) => log(`line ${index}`));
    const asked: (string | undefined)[] = [];
    const reads = {
      listPage: (_workspace: unknown, { after, limit }: { after: { id: LogId } | null; limit: number }) => {
        asked.push(after?.id);
        const start = after ? all.findIndex(({ id }) => id === after.id) + 1 : 0;
        return Promise.resolve(all.slice(start, start + limit));
      },
    };
    let text = "";
    for await (const piece of logCsv(reads, DEFAULT_WORKSPACE_ID, flowRunId)) text += piece;
    const lines = text.trimEnd().split("\r\n");
    expect(lines[0]).toBe("timestamp,level,flow_run_id,task_run_id,message");
    expect(lines.slice(1).map((line) => line.split(",").at(-1))).toEqual(all.map(({ message }) => message));
    expect(asked).toEqual([undefined, all[999]?.id, all[1999]?.id]);
  });
});
