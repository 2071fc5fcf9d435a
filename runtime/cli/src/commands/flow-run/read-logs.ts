/** Reads log lines page by page. */
import type { LogResponse } from "@sluice/schemas";
import type { ApiClient } from "../../api-client.ts";

export type LogFilterInput = NonNullable<
  NonNullable<Parameters<ApiClient["operations"]["readLogs"]>[0]>["body"]
>["logs"];

export interface LogSelection {
  /** How many at most; infinity for all. */
  readonly limit: number;
  /** True: the last lines, not the first. */
  readonly fromEnd: boolean;
  /** True: the latest line comes first. */
  readonly latestFirst: boolean;
}

/** The largest page a server gives. */
const PAGE_SIZE = 200;

export async function readLogs(
  client: ApiClient,
  logs: LogFilterInput,
  { limit, fromEnd, latestFirst }: LogSelection,
): Promise<LogResponse[]> {
  const sort = fromEnd ? ("TIMESTAMP_DESC" as const) : ("TIMESTAMP_ASC" as const);
  const lines: LogResponse[] = [];
  for (;;) {
    const pageLimit = Math.min(PAGE_SIZE, limit - lines.length);
    const page = await client.operations.readLogs({
      body: { logs, sort, limit: pageLimit, offset: lines.length },
    });
    lines.push(...page);
    if (page.length < pageLimit || lines.length >= limit) break;
  }
  return fromEnd === latestFirst ? lines : lines.reverse();
}
