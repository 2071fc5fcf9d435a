/** One of the clients that keep a server busy while it is killed: sends, sends again what was not answered, keeps receipts. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { newId, newRandomId } from "@sluice/schemas";
import { WebSocket } from "ws";
import type { Receipts } from "./receipts.ts";

const RETRY_PAUSE_MS = 20;
const REQUEST_DEADLINE_MS = 5000;

export interface Load {
  readonly receipts: Receipts;
  /** The API's root at present. */
  readonly url: () => string;
  readonly flowId: string;
  /** Scheduled runs that whoever comes first may have. */
  readonly scheduled: string[];
  /** Aborted when the load has to end. */
  readonly signal: AbortSignal;
}

interface StateAnswer {
  readonly status: string;
  readonly state: {
    readonly id: string;
    readonly type: string;
    readonly state_details: { readonly transition_id?: string | null };
  } | null;
}

/** Lives until the load ends. */
export async function keepBusy(load: Load, number: number): Promise<void> {
  while (!load.signal.aborted) {
    await runFlow(load);
    await offerRun(load);
    await claimRun(load, number);
    await tellEvents(load);
    await tellTaskRun(load);
  }
}

async function runFlow(load: Load): Promise<void> {
  const id = await createRun(load, { type: "PENDING" });
  if (!id) return;
  await propose(load, id, "RUNNING");
  const message = `log of ${id}`;
  const timestamp = new Date().toISOString();
  const logged = await post(load, "/logs/", [
    { name: "crash-test", level: 20, message, timestamp, flow_run_id: id },
  ]);
  if (logged) load.receipts.logs.push({ runId: id, message });
  await propose(load, id, "COMPLETED");
}

async function offerRun(load: Load): Promise<void> {
  const id = await createRun(load, { type: "SCHEDULED" });
  if (id) load.scheduled.push(id);
}

async function claimRun(load: Load, number: number): Promise<void> {
  const id = load.scheduled.at(-1 - (number % 2));
  if (!id) return;
  const transitionId = newRandomId();
  const answer = await proposeAs(load, id, "PENDING", transitionId);
  const isOurs = answer?.status === "ACCEPT" || answer?.state?.state_details.transition_id === transitionId;
  if (isOurs) load.receipts.claim(id, number);
}

/** By HTTP, where the answer is the receipt. */
async function tellEvents(load: Load): Promise<void> {
  const events = [simpleEvent(), simpleEvent()];
  if (await post(load, "/events", events)) load.receipts.events.push(...events.map(({ id }) => id));
}

function simpleEvent() {
  const id = newId<"event">();
  return {
    id,
    occurred: new Date().toISOString(),
    event: "crash-test.happened",
    resource: { "prefect.resource.id": `crash-test.${id}` },
    related: [],
    payload: {},
  };
}

/** By socket, where the pong that follows is the receipt: a task run that exists only through this event. */
async function tellTaskRun({ url, receipts, signal }: Load): Promise<void> {
  if (signal.aborted) return;
  const id = newId<"task-run">();
  const socket = new WebSocket(`${url().replace("http", "ws")}/events/in`);
  try {
    const lost = once(socket, "close");
    lost.catch(() => undefined);
    if ((await Promise.race([once(socket, "open").then(() => true), lost.then(() => false)])) === false)
      return;
    socket.send(JSON.stringify(taskRunEvent(id)));
    socket.ping();
    const answered = await Promise.race([once(socket, "pong").then(() => true), lost.then(() => false)]);
    if (answered) receipts.taskRuns.push(id);
  } catch {
    // No receipt, no promise.
  } finally {
    socket.terminate();
  }
}

function taskRunEvent(id: string) {
  const state = { type: "COMPLETED", name: "Completed", message: "", state_details: {}, data: null };
  const timestamp = new Date().toISOString();
  return {
    id: newId<"event">(),
    occurred: timestamp,
    event: "prefect.task-run.Completed",
    resource: {
      "prefect.resource.id": `prefect.task-run.${id}`,
      "prefect.resource.name": "crash-test",
      "prefect.state-type": "COMPLETED",
      "prefect.state-name": "Completed",
      "prefect.state-message": "",
      "prefect.state-timestamp": timestamp,
      "prefect.orchestration": "client",
    },
    related: [],
    payload: {
      intended: { from: "RUNNING", to: "COMPLETED" },
      initial_state: null,
      validated_state: state,
      task_run: { name: "crash-test", task_key: "crash-test", dynamic_key: id },
    },
  };
}

async function createRun(load: Load, state: { readonly type: string }): Promise<string | null> {
  const body = { flow_id: load.flowId, state, idempotency_key: newRandomId() };
  const answer = (await post(load, "/flow_runs/", body)) as { readonly id: string } | null;
  if (answer) load.receipts.runs.push(answer.id);
  return answer?.id ?? null;
}

async function propose(load: Load, runId: string, type: string): Promise<void> {
  await proposeAs(load, runId, type, newRandomId());
}

async function proposeAs(
  load: Load,
  runId: string,
  type: string,
  transition_id: string,
): Promise<StateAnswer | null> {
  const body = { state: { type, state_details: { transition_id } }, force: false };
  const answer = (await post(load, `/flow_runs/${runId}/set_state`, body)) as StateAnswer | null;
  const { state } = answer ?? {};
  if (state?.state_details.transition_id === transition_id) {
    load.receipts.states.push({ runId, stateId: state.id, type: state.type });
  }
  return answer;
}

/** The answer's body, after as many tries as it takes; null when the load ended first. `true` for an empty body. */
async function post({ url, signal }: Load, path: string, body: unknown): Promise<unknown> {
  while (!signal.aborted) {
    const answer = await postOnce(`${url()}${path}`, body);
    if (answer !== null) return answer;
    await sleep(RETRY_PAUSE_MS);
  }
  return null;
}

/** Null when there is no answer, or a 5xx. @throws Error on any other refusal, which no test here expects */
async function postOnce(url: string, body: unknown): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    });
    const text = await response.text();
    if (response.status >= 500) return null;
    if (!response.ok) throw new UnexpectedAnswer(`${response.status} ${url}: ${text}`);
    return text === "" || text === "null" ? true : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof UnexpectedAnswer) throw error;
    return null;
  }
}

class UnexpectedAnswer extends Error {}
