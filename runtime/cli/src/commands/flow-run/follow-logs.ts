/** New log lines of a flow run as they come, until the run has ended. */
import { setTimeout as wait } from "node:timers/promises";
import { subscribeLogs } from "@sluice/client";
import type { LogResponse } from "@sluice/schemas";
import { type ApiClient, isEmbedded } from "../../api-client.ts";
import { type LogFilterInput, readLogs } from "./read-logs.ts";
import { isTerminal } from "./state-types.ts";

export interface FollowOptions {
  readonly client: ApiClient;
  readonly runId: string;
  readonly filter: NonNullable<LogFilterInput>;
  /** Lines that were written before, and are not written again. */
  readonly shown: readonly LogResponse[];
  readonly write: (log: LogResponse) => void;
}

const POLL_MS = 1000;
const LATEST_PAGE = { limit: 200, fromEnd: true, latestFirst: false };

/** Resolves when the run has ended and its last lines are written, or on Ctrl-C. */
export async function followLogs({ client, filter, runId, shown, write }: FollowOptions): Promise<void> {
  const seen = new Set(shown.map((log) => log.id));
  const writeNew = (log: LogResponse) => {
    if (seen.has(log.id)) return;
    seen.add(log.id);
    write(log);
  };
  const catchUp = async () => {
    for (const log of await readLogs(client, filter, LATEST_PAGE)) writeNew(log);
  };
  const ended = new AbortController();
  const interrupt = () => ended.abort();
  process.once("SIGINT", interrupt);
  try {
    // Nothing streams from a database that other processes write to: there the lines are asked for.
    if (isEmbedded(client)) await untilEnded(client, runId, ended, catchUp);
    else
      await Promise.all([
        stream(client, filter, ended.signal, writeNew, catchUp),
        untilEnded(client, runId, ended),
      ]);
    await catchUp();
  } finally {
    ended.abort();
    process.off("SIGINT", interrupt);
  }
}

async function stream(
  client: ApiClient,
  filter: NonNullable<LogFilterInput>,
  signal: AbortSignal,
  writeNew: (log: LogResponse) => void,
  catchUp: () => Promise<void>,
): Promise<void> {
  let catchingUp = Promise.resolve();
  // The stream has no past: what was written before it was open is read. What fails here is read again at the end.
  const onConnected = () => {
    catchingUp = catchingUp.then(catchUp).catch(() => {});
  };
  for await (const log of subscribeLogs(client.connection, filter, { signal, onConnected })) writeNew(log);
  await catchingUp;
}

/** Asks for the run's state until it is terminal or the run is gone, and then ends what waits for it. */
async function untilEnded(
  client: ApiClient,
  runId: string,
  ended: AbortController,
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> {
  while (!ended.signal.aborted) {
    const run = await client.operations.readFlowRun({ params: { id: runId } }).catch(() => null);
    if (run === null || isTerminal(run.state_type)) break;
    await meanwhile();
    await wait(POLL_MS, undefined, { signal: ended.signal }).catch(() => {});
  }
  ended.abort();
}
