/**
 * What must be true when all is over, whatever happened on the way:
 *
 * 1. A run's state is the last row of its history, whose moments only grow, and its columns agree with the history.
 * 2. No state follows another that the rules forbid, unless somebody forced it.
 * 3. Everything that was acknowledged is there.
 * 4. A transition that is sent again is not made again, as long as nobody else has changed the run in between.
 * 5. One attempt at a time: a client that says which attempt it is wrote only while that was the current one.
 * 6. No limit ever has more slots taken than there are, and a run that has ended holds none.
 * 7. A subflow and the task run that stands for it are in the same state.
 * 8. Each state of a flow run is told by exactly one event, and no event tells of a state that is not there.
 */
import { DEFAULT_WORKSPACE_ID, type FlowRunId, isTerminal, type State } from "@sluice/schemas";
import type { StoredEvent } from "../../server/store/events.ts";
import type { FlowRun } from "../../server/store/flow-runs.ts";
import { attemptAfter, expectedColumns, isForbidden } from "./expectations.ts";
import type { AcknowledgedProposal } from "./journal.ts";
import { require, type World } from "./world.ts";

interface Life {
  readonly run: FlowRun;
  readonly history: readonly State[];
}

export async function checkInvariants(world: World): Promise<void> {
  const { overtakenLimits } = world;
  require(overtakenLimits.length === 0, "No limit ever has more slots taken than there are", {
    overtakenLimits,
  });
  const lives = await readLives(world);
  for (const life of lives.values()) {
    checkHistory(life);
    checkOrder(world, life);
    checkSlots(world, life);
    await checkParent(world, life);
  }
  checkAcknowledged(world, lives);
  checkAttempts(world, lives);
  checkIdempotencyKeys(world);
  await checkTaskRuns(world);
  checkEvents(world.database.takeEvents(), lives);
}

/** All runs of the schedule's flow, also those whose creation nobody was told of. */
async function readLives(world: World): Promise<Map<FlowRunId, Life>> {
  const { reads } = world.database.store;
  const runs = await reads.flowRuns.list(DEFAULT_WORKSPACE_ID, {
    filters: { flows: { operator: "and_", id: { any_: [world.flowId] } } },
    sort: "ID_DESC",
    limit: 200,
    offset: 0,
  });
  const lives = new Map<FlowRunId, Life>();
  for (const run of runs) {
    lives.set(run.id, { run, history: await reads.states.listFlowRunStates(DEFAULT_WORKSPACE_ID, run.id) });
  }
  return lives;
}

function checkHistory({ run, history }: Life): void {
  const last = history.at(-1);
  require(run.state !== null && last?.id === run.state.id, "A run's state is the last of its history", {
    state: run.state,
    last,
  });
  for (const [index, state] of history.entries()) {
    const previous = history[index - 1];
    require(!previous || previous.timestamp < state.timestamp, "Moments of states only grow", {
      previous,
      state,
    });
  }
  const expected = expectedColumns(history);
  const { start_time, end_time, total_run_time, next_scheduled_start_time, attempt } = run;
  const columns = { start_time, end_time, total_run_time, next_scheduled_start_time, attempt };
  const { mostRuns, fewestRuns, ...expectedOnes } = expected;
  require(JSON.stringify(columns) ===
    JSON.stringify(expectedOnes), "A run's columns agree with its history", {
    columns,
    expected: expectedOnes,
    history,
  });
  const { run_count } = run;
  require(run_count >= fewestRuns && run_count <= mostRuns, "A run's count agrees with its history", {
    run_count,
    fewestRuns,
    mostRuns,
  });
}

function checkOrder({ journal }: World, { run, history }: Life): void {
  for (const [index, state] of history.entries()) {
    const from = history[index - 1] ?? null;
    const transitionId = state.state_details.transition_id ?? null;
    const sent = transitionId === null ? null : journal.sent.get(transitionId);
    require(transitionId === null ||
      sent?.force === true ||
      from?.state_details.transition_id !==
        transitionId, "A transition that is sent again is not made again", { from, state });
    require(sent?.force === true ||
      !isForbidden(from, state, run.deployment_id !== null), "No state follows one that forbids it", {
      from,
      state,
    });
  }
}

function checkSlots({ database, now }: World, { run, history }: Life): void {
  if (!run.state || !isTerminal(run.state.type)) return;
  require(database.leasesOf(run.id, now) === 0, "A run that has ended holds no slot", { history });
}

/** Several runs may have one task run: a creation whose answer was lost was tried again. It follows the latest. */
async function checkParent({ database }: World, { run }: Life): Promise<void> {
  if (run.parent_task_run_id === null) return;
  const parent = await database.store.reads.taskRuns.read(DEFAULT_WORKSPACE_ID, run.parent_task_run_id);
  const child = parent?.state?.state_details.child_flow_run_id ?? null;
  require(child !== null, "A task run follows the subflow that it stands for", { run: run.state, parent });
  if (parent === null || parent.state === null || child !== run.id) return;
  require(parent.state.type === run.state?.type &&
    parent.state.name === run.state.name, "A subflow and its task run are in the same state", {
    run: run.state,
    parent: parent.state,
  });
}

function checkAcknowledged({ journal }: World, lives: ReadonlyMap<FlowRunId, Life>): void {
  for (const { id, firstState, created } of journal.createdRuns) {
    const life = lives.get(id);
    require(life !== undefined, "A run whose creation was acknowledged is there", { id });
    if (!created) continue;
    require(life.history[0]?.id === firstState?.id, "A run begins with the state it was answered", { id });
  }
  for (const { runId, type, outcome, transitionId } of journal.acknowledged) {
    const { status, state, created } = outcome;
    if (status === "ACCEPT") {
      require(created && state?.type === type, "What is accepted is written as proposed", { outcome, type });
    }
    if (!state) continue;
    const written = lives.get(runId)?.history.find(({ id }) => id === state.id);
    require(written?.type === state.type &&
      written.name === state.name, "Every answered state is in the history", {
      outcome,
      transitionId,
    });
  }
  checkRepeated(journal.acknowledged, lives);
  const all = [...lives.values()].flatMap(({ history }) => history);
  for (const { state, created } of journal.resumed) {
    if (!created) continue;
    require(all.some(({ id }) => id === state?.id), "A resume that was acknowledged is there", { state });
  }
}

/** The answers to one transition that was sent several times: two of them may not each have written a state in a row. */
function checkRepeated(
  acknowledged: readonly AcknowledgedProposal[],
  lives: ReadonlyMap<FlowRunId, Life>,
): void {
  const unforced = acknowledged.filter(({ force, outcome }) => !force && outcome.created);
  for (const [transitionId, answers] of Map.groupBy(unforced, (answer) => answer.transitionId)) {
    const history = lives.get(answers[0]?.runId as FlowRunId)?.history ?? []; // a group is never empty
    const places = answers
      .map(({ outcome }) => history.findIndex(({ id }) => id === outcome.state?.id))
      .toSorted((a, b) => a - b);
    for (const [index, place] of places.entries()) {
      require(index === 0 ||
        place !== (places[index - 1] ?? 0) + 1, "A transition that is sent again is not made again", {
        transitionId,
        answers,
      });
    }
  }
}

function checkAttempts({ journal }: World, lives: ReadonlyMap<FlowRunId, Life>): void {
  for (const { runId, attempt, outcome } of journal.acknowledged) {
    if (attempt === null || !outcome.created) continue;
    const history = lives.get(runId)?.history ?? [];
    const before = history.slice(
      0,
      history.findIndex(({ id }) => id === outcome.state?.id),
    );
    require(attemptAfter(before) === attempt, "Only the current attempt writes", {
      attempt,
      outcome,
      before,
    });
  }
}

function checkIdempotencyKeys({ journal }: World): void {
  const byKey = Map.groupBy(
    journal.createdRuns.filter(({ idempotencyKey }) => idempotencyKey !== null),
    ({ idempotencyKey }) => idempotencyKey,
  );
  for (const [key, answers] of byKey) {
    const ids = new Set(answers.map(({ id }) => id));
    const created = answers.filter((answer) => answer.created).length;
    require(ids.size === 1 && created <= 1, "An idempotency key makes one run", { key, answers });
  }
}

async function checkTaskRuns({ journal, database }: World): Promise<void> {
  const { reads } = database.store;
  for (const id of journal.createdTaskRuns) {
    const run = await reads.taskRuns.read(DEFAULT_WORKSPACE_ID, id);
    const history = await reads.states.listTaskRunStates(DEFAULT_WORKSPACE_ID, id);
    require(run?.state?.id === history.at(-1)?.id, "A task run's state is the last of its history", { run });
    const runs = history.filter(({ type }) => type === "RUNNING").length;
    require(run?.run_count === runs, "A task run's count agrees with its history", { run, history });
  }
}

function checkEvents(events: readonly StoredEvent[], lives: ReadonlyMap<FlowRunId, Life>): void {
  const told = events.map(({ id }) => id as string).toSorted();
  const happened = [...lives.values()]
    .flatMap(({ history }) => history.map(({ id }) => id as string))
    .toSorted();
  require(JSON.stringify(told) === JSON.stringify(happened), "Each state is told by one event", {
    told,
    happened,
  });
}
