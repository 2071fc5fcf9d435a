/** A flow run's logs as CSV, read page by page so that a download of any length holds little memory. */
import { type FlowRunId, formatTimestamp, type WorkspaceId } from "@sluice/schemas";
import type { Log, LogReads } from "../../store/logs.ts";

const PAGE_SIZE = 1000;
const HEADER = "timestamp,level,flow_run_id,task_run_id,message\r\n";

/** Pieces of the file: the header, then one piece per page of logs, oldest first. */
export async function* logCsv(
  logs: Pick<LogReads, "listPage">,
  workspaceId: WorkspaceId,
  flowRunId: FlowRunId,
): AsyncGenerator<string> {
  yield HEADER;
  let after: Log | null = null;
  while (true) {
    const page: Log[] = await logs.listPage(workspaceId, { flow_run_id: flowRunId, after, limit: PAGE_SIZE });
    if (page.length === 0) return;
    yield page.map(csvLine).join("");
    if (page.length < PAGE_SIZE) return;
    after = page.at(-1) ?? null;
  }
}

/** One line in the dialect of Python's csv module: quotes only where needed, lines end in CR LF. */
export function csvLine(log: Log): string {
  const cells = [
    csvMoment(log),
    String(log.level),
    log.flow_run_id ?? "",
    log.task_run_id ?? "",
    log.message,
  ];
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** As Python prints a datetime: a space for the T, an offset for the Z. */
function csvMoment({ timestamp }: Log): string {
  return formatTimestamp(timestamp).replace("T", " ").replace("Z", "+00:00");
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
