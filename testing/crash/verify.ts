/** Looks whether a restarted server stands by every receipt, and whether its rows agree with each other. */
import type { Receipts } from "./receipts.ts";

/** The most rows that a request may ask for. */
const MAXIMUM_ROWS = 200;
/** Asked for at once: few enough that what was sent several times (a log has no id of its own) fits in one answer. */
const IDS = 50;

interface ShownState {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
}

interface ShownRun {
  readonly id: string;
  readonly state_id: string;
  readonly state_type: string;
  readonly run_count: number;
  readonly state: ShownState;
}

export interface Missing {
  readonly runs: readonly string[];
  readonly states: readonly string[];
  readonly logs: readonly string[];
  readonly events: readonly string[];
  readonly taskRuns: readonly string[];
  /** Runs of which row and history say different things. */
  readonly disagreeing: readonly string[];
  /** Runs that two clients were told to have. */
  readonly claimedTwice: readonly string[];
}

export const NOTHING_MISSING: Missing = {
  runs: [],
  states: [],
  logs: [],
  events: [],
  taskRuns: [],
  disagreeing: [],
  claimedTwice: [],
};

export async function findMissing(url: string, receipts: Receipts): Promise<Missing> {
  const runs = await readRuns(url, receipts.runs);
  const histories = new Map<string, readonly ShownState[]>();
  for (const id of runs.keys()) {
    histories.set(id, await get<ShownState[]>(`${url}/flow_run_states/?flow_run_id=${id}`));
  }
  const logs = await readLogs(url, [...new Set(receipts.logs.map(({ runId }) => runId))]);
  const events = await readEvents(url, receipts.events);
  const taskRuns = await readTaskRuns(url, receipts.taskRuns);
  return {
    runs: receipts.runs.filter((id) => !runs.has(id)),
    states: receipts.states
      .filter(({ runId, stateId, type }) => !hasState(histories.get(runId), stateId, type))
      .map(({ stateId }) => stateId),
    logs: receipts.logs.map(({ message }) => message).filter((message) => !logs.has(message)),
    events: receipts.events.filter((id) => !events.has(id)),
    taskRuns: receipts.taskRuns.filter((id) => !taskRuns.has(id)),
    disagreeing: [...runs.values()]
      .filter((run) => !agrees(run, histories.get(run.id) ?? []))
      .map(({ id }) => id),
    claimedTwice: [...receipts.claims].filter(([, clients]) => clients.size > 1).map(([id]) => id),
  };
}

function hasState(history: readonly ShownState[] | undefined, id: string, type: string): boolean {
  return history?.some((state) => state.id === id && state.type === type) ?? false;
}

function agrees(run: ShownRun, history: readonly ShownState[]): boolean {
  const last = history.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp)).at(-1);
  const entries = history.filter(({ type }) => type === "RUNNING").length;
  const types = history.map(({ type }) => type);
  return (
    last?.id === run.state_id &&
    run.state.id === run.state_id &&
    last.type === run.state_type &&
    run.run_count === entries &&
    // Nothing in this load repeats a state, so a second one was written twice.
    new Set(types).size === types.length
  );
}

async function readRuns(url: string, ids: readonly string[]): Promise<Map<string, ShownRun>> {
  const runs = await readPages<ShownRun>(`${url}/flow_runs/filter`, ids, (any_) => ({
    flow_runs: { id: { any_ } },
  }));
  return new Map(runs.map((run) => [run.id, run]));
}

async function readTaskRuns(url: string, ids: readonly string[]): Promise<Set<string>> {
  const runs = await readPages<{ readonly id: string }>(`${url}/task_runs/filter`, ids, (any_) => ({
    task_runs: { id: { any_ } },
  }));
  return new Set(runs.map(({ id }) => id));
}

async function readLogs(url: string, runIds: readonly string[]): Promise<Set<string>> {
  const logs = await readPages<{ readonly message: string }>(`${url}/logs/filter`, runIds, (any_) => ({
    logs: { flow_run_id: { any_ } },
  }));
  return new Set(logs.map(({ message }) => message));
}

async function readEvents(url: string, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const part of pagesOf(ids, IDS)) {
    const filter = { id: { id: part }, occurred: { since: "2020-01-01T00:00:00Z" } };
    const page = await post<{ readonly events: readonly { readonly id: string }[] }>(`${url}/events/filter`, {
      filter,
      limit: IDS,
    });
    for (const { id } of page.events) found.add(id);
  }
  return found;
}

async function readPages<Row>(
  url: string,
  ids: readonly string[],
  bodyFor: (part: readonly string[]) => object,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of pagesOf(ids, IDS))
    rows.push(...(await post<Row[]>(url, { ...bodyFor(part), limit: MAXIMUM_ROWS })));
  return rows;
}

function pagesOf<Item>(items: readonly Item[], size: number): Item[][] {
  const pages: Item[][] = [];
  for (let start = 0; start < items.length; start += size) pages.push(items.slice(start, start + size));
  return pages;
}

async function get<Answer>(url: string): Promise<Answer> {
  return await answerOf<Answer>(await fetch(url), url);
}

async function post<Answer>(url: string, body: object): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return await answerOf<Answer>(
    await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }),
    url,
  );
}

async function answerOf<Answer>(response: Response, url: string): Promise<Answer> {
  if (!response.ok) throw new Error(`${response.status} ${url}: ${await response.text()}`);
  return (await response.json()) as Answer; // our own server's answer to a request of the contract
}
