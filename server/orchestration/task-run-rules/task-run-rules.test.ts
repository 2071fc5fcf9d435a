/** The rules of task runs that the server orchestrates (protocol section 3.11). */
import type { Id } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { decideTaskRunTransition } from "../decide-task-run-transition.ts";
import { clampedPoissonInterval } from "../poisson-interval.ts";
import { expectedOutcome, type TaskRunRow, taskRunOutcome } from "../fixtures/table.ts";
import {
  at,
  context,
  flowRun,
  LIMIT_ID,
  NEW_LEASE_ID,
  proposed,
  state,
  tagLimit,
  TASK_RUN_ID,
  taskRun,
} from "../fixtures/factories.ts";

const inRunningFlow = { state: state("RUNNING") };
const pending = state("PENDING");
const running = state("RUNNING");
const cached = state("COMPLETED", { data: { storage_key: "results/1" }, details: { cache_key: "k" } });
const accepted = (written: TaskRunRow["written"]) => ({ status: "ACCEPT", written }) as const;

const caching: TaskRunRow[] = [
  {
    what: "finds its result cached is completed with it",
    facts: taskRun({ state: pending, cached }),
    proposed: proposed("RUNNING", { details: { cache_key: "k" } }),
    status: "REJECT",
    written: ["COMPLETED", "Cached"],
    reason: "Retrieved state from cache",
    also: { state: { data: { storage_key: "results/1" } } },
  },
  {
    what: "wants a fresh result runs",
    facts: taskRun({ state: pending, cached }),
    proposed: proposed("RUNNING", { details: { cache_key: "k", refresh_cache: true } }),
    ...accepted("RUNNING"),
  },
  {
    what: "has no cache key runs",
    facts: taskRun({ state: pending, cached }),
    proposed: proposed("RUNNING"),
    ...accepted("RUNNING"),
  },
  {
    what: "finds its result cached takes no slot for it",
    facts: taskRun({ state: pending, cached, tagLimits: [tagLimit("db", 1, 1)] }),
    proposed: proposed("RUNNING", { details: { cache_key: "k" } }),
    status: "REJECT",
    written: ["COMPLETED", "Cached"],
    reason: "Retrieved state from cache",
  },
  {
    what: "completes with a cache key is kept under it",
    facts: taskRun({ state: running }),
    proposed: proposed("COMPLETED", { details: { cache_key: "k", cache_expiration: at(60) } }),
    ...accepted("COMPLETED"),
    also: { write: { effects: [{ kind: "cache_state", cache_key: "k", cache_expiration: at(60) }] } },
  },
  {
    what: "completes with a cache key that is too long is told so",
    facts: taskRun({ state: running }),
    proposed: proposed("COMPLETED", { details: { cache_key: "k".repeat(2001) } }),
    status: "REJECT",
    written: "COMPLETED",
    reason: "Cache key exceeded maximum allowed length of 2000 characters.",
  },
];

const ended: TaskRunRow[] = [
  ...(["CANCELLING", "PAUSED", "CRASHED"] as const).map(
    (to): TaskRunRow => ({
      what: `has failed can't become ${to}`,
      facts: taskRun({ state: state("FAILED") }),
      proposed: proposed(to),
      status: "ABORT",
      written: null,
      reason: "Run is already FAILED.",
    }),
  ),
  ...(["RUNNING", "FAILED", "COMPLETED"] as const).map(
    (to): TaskRunRow => ({
      what: `has a stored result can't become ${to}`,
      facts: taskRun({ state: cached }),
      proposed: proposed(to),
      status: "REJECT",
      written: null,
      reason: "This run is already completed.",
    }),
  ),
  {
    what: "has failed and runs again starts its retries anew",
    facts: taskRun({ state: state("FAILED"), run: { run_count: 3 } }),
    proposed: proposed("RUNNING"),
    ...accepted("RUNNING"),
    also: { write: { run_patch: { run_count: 1 } } },
  },
  {
    what: "runs again because its flow does is retrying",
    facts: taskRun({
      state: state("FAILED"),
      run: { run_count: 3, flow_run_run_count: 1 },
      flowRun: { state: running, run_count: 2 },
    }),
    proposed: proposed("RUNNING"),
    ...accepted(["RUNNING", "Retrying"]),
    also: { write: { run_patch: { flow_run_run_count: 2 } } },
  },
  {
    what: "has failed and is refused keeps its count",
    facts: taskRun({
      state: state("FAILED"),
      run: { run_count: 3 },
      flowRun: { state: state("CANCELLED") },
    }),
    proposed: proposed("RUNNING"),
    status: "ABORT",
    written: null,
    reason: "The enclosing flow must be running to begin task execution.",
    also: { write: null },
  },
];

const ofFlow: TaskRunRow[] = [
  {
    what: "is in a running flow runs, and notes in which run of the flow",
    facts: taskRun({ state: pending, flowRun: { state: running, run_count: 7 } }),
    proposed: proposed("RUNNING"),
    ...accepted("RUNNING"),
    also: { write: { run_patch: { flow_run_run_count: 7 } } },
  },
  {
    what: "is in a paused flow waits with it",
    facts: taskRun({
      state: pending,
      flowRun: { state: state("PAUSED", { details: { pause_timeout: at(60), pause_reschedule: true } }) },
    }),
    proposed: proposed("RUNNING"),
    status: "REJECT",
    written: ["PAUSED", "NotReady"],
    reason: `The flow is paused, new tasks can execute after resuming flow run: ${flowRun().run.id}.`,
    also: { state: { state_details: { pause_timeout: at(60), pause_reschedule: true } } },
  },
  ...([null, "PENDING", "SCHEDULED", "COMPLETED", "CANCELLING"] as const).map(
    (type): TaskRunRow => ({
      what: `is in a flow in ${type ?? "no"} state does not run`,
      facts: taskRun({ state: pending, flowRun: { state: type && state(type) } }),
      proposed: proposed("RUNNING"),
      status: "ABORT",
      written: null,
      reason: "The enclosing flow must be running to begin task execution.",
    }),
  ),
  {
    what: "is deferred runs though its flow is over",
    facts: taskRun({ state: pending, flowRun: { state: state("COMPLETED") } }),
    proposed: proposed("RUNNING", { details: { deferred: true } }),
    ...accepted("RUNNING"),
  },
];

const limited: TaskRunRow[] = [
  {
    what: "finds slots takes one of each limit",
    facts: taskRun({
      state: pending,
      flowRun: inRunningFlow,
      tagLimits: [tagLimit("db", 0, 1), tagLimit("api", 4, 5)],
    }),
    proposed: proposed("RUNNING"),
    ...accepted("RUNNING"),
    also: {
      write: {
        effects: [
          {
            kind: "acquire_lease",
            lease: {
              id: NEW_LEASE_ID,
              limit_ids: [LIMIT_ID, LIMIT_ID],
              holder: { type: "task_run", id: TASK_RUN_ID },
            },
          },
        ],
      },
    },
  },
  {
    what: "finds one limit full waits for all",
    facts: taskRun({ state: pending, tagLimits: [tagLimit("db", 0, 1), tagLimit("api", 5, 5)] }),
    proposed: proposed("RUNNING"),
    status: "WAIT",
    written: null,
    reason: "Concurrency limit reached for tags: db, api",
    also: { details: { delay_seconds: 2 } },
  },
  {
    what: "meets a limit of zero stops",
    facts: taskRun({ state: pending, tagLimits: [tagLimit("db", 0, 0), tagLimit("api", 5, 5)] }),
    proposed: proposed("RUNNING"),
    status: "ABORT",
    written: null,
    reason: 'The concurrency limit on tag "db" is 0 and will deadlock if the task tries to run again.',
  },
  ...(["COMPLETED", "FAILED", "PENDING", "PAUSED"] as const).map(
    (to): TaskRunRow => ({
      what: `leaves RUNNING for ${to} gives its slots back`,
      facts: taskRun({ state: running, tagLimits: [tagLimit("db", 1, 1)] }),
      proposed: proposed(to),
      ...accepted(to),
      also: {
        write: {
          effects: [{ kind: "release_leases_of_holder", holder: { type: "task_run", id: TASK_RUN_ID } }],
        },
      },
    }),
  ),
  {
    what: "is being cancelled keeps its slots",
    facts: taskRun({ state: running, tagLimits: [tagLimit("db", 1, 1)] }),
    proposed: proposed("CANCELLING"),
    ...accepted("CANCELLING"),
    also: { write: { effects: [] } },
  },
];

const failed = proposed("FAILED", { message: "boom" });
const retrying = { status: "REJECT", written: ["SCHEDULED", "AwaitingRetry"], reason: "Retrying" } as const;

const retries: TaskRunRow[] = [
  {
    what: "has no retries fails",
    facts: taskRun({ state: running, run: { run_count: 1 } }),
    proposed: failed,
    ...accepted("FAILED"),
  },
  ...([1, 2] as const).map(
    (run_count): TaskRunRow => ({
      what: `has two retries goes on after run ${run_count}`,
      facts: taskRun({ state: running, run: { run_count }, policy: { retries: 2 } }),
      proposed: failed,
      ...retrying,
      also: { state: { message: "boom" } },
    }),
  ),
  {
    what: "has two retries fails at its third run",
    facts: taskRun({ state: running, run: { run_count: 3 }, policy: { retries: 2 } }),
    proposed: failed,
    ...accepted("FAILED"),
  },
  {
    what: "says that it can't be retried fails",
    facts: taskRun({ state: running, run: { run_count: 1 }, policy: { retries: 2 } }),
    proposed: proposed("FAILED", { details: { retriable: false } }),
    ...accepted("FAILED"),
  },
  ...(
    [
      [1, 10],
      [2, 20],
      [3, 20],
    ] as const
  ).map(
    ([run_count, seconds]): TaskRunRow => ({
      what: `has a list of delays waits ${seconds} s after run ${run_count}`,
      facts: taskRun({
        state: running,
        run: { run_count },
        policy: { retries: 5, retry_delay: [10, 20] },
      }),
      proposed: failed,
      ...retrying,
      also: { state: { state_details: { scheduled_time: at(seconds) } } },
    }),
  ),
];

const names: TaskRunRow[] = [
  {
    what: "runs for the first time is Running",
    facts: taskRun({ state: pending }),
    proposed: proposed("RUNNING"),
    ...accepted(["RUNNING", "Running"]),
  },
  {
    what: "has waited for its retry is Retrying",
    facts: taskRun({ state: state("SCHEDULED", { name: "AwaitingRetry" }), run: { run_count: 1 } }),
    proposed: proposed("RUNNING"),
    ...accepted(["RUNNING", "Retrying"]),
  },
  {
    what: "runs once more is Rerunning",
    facts: taskRun({ state: pending, run: { run_count: 1 } }),
    proposed: proposed("RUNNING"),
    ...accepted(["RUNNING", "Rerunning"]),
  },
];

const PARAMETERS = "00000000-0000-4000-8000-0000000000aa" as Id<"task-parameters">;
const deferred = { deferred: true, task_parameters_id: PARAMETERS };

const background: TaskRunRow[] = [
  ...[false, true].map(
    (force): TaskRunRow => ({
      what: `is scheduled${force ? " by force" : ""} goes to its workers`,
      facts: taskRun(),
      proposed: proposed("SCHEDULED", { details: deferred }),
      force,
      ...accepted("SCHEDULED"),
      also: {
        write: {
          effects: [{ kind: "enqueue_task_run", task_key: "fetch-0a1b2c3d", queue: "scheduled" }],
        },
      },
    }),
  ),
  {
    what: "awaits a retry goes before new work",
    facts: taskRun({ state: running }),
    proposed: proposed("SCHEDULED", { name: "AwaitingRetry", details: deferred }),
    ...accepted(["SCHEDULED", "AwaitingRetry"]),
    also: { write: { effects: [{ kind: "enqueue_task_run", queue: "retry" }] } },
  },
  {
    what: "is taken keeps its parameters",
    facts: taskRun({ state: state("SCHEDULED", { details: deferred }) }),
    proposed: proposed("PENDING", { details: { deferred: true } }),
    ...accepted("PENDING"),
    also: { state: { state_details: { task_parameters_id: PARAMETERS } } },
  },
  {
    what: "is taken can't be taken again",
    facts: taskRun({ state: state("PENDING", { details: deferred }) }),
    proposed: proposed("PENDING", { details: { deferred: true } }),
    status: "ABORT",
    written: null,
    reason: "This run is in a PENDING state and cannot transition to a PENDING state.",
  },
];

describe("a task run that", () => {
  describe("may be cached and", () => {
    test.each(caching)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("has ended and", () => {
    test.each(ended)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("belongs to a flow run and", () => {
    test.each(ofFlow)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("has limited tags and", () => {
    test.each(limited)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("fails and", () => {
    test.each(retries)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("has run before and", () => {
    test.each(names)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("is deferred and", () => {
    test.each(background)("$what", (row) => {
      expect(taskRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
});

describe("a retry's jitter", () => {
  test("spreads the delay around what was asked for", () => {
    const delays = [0, 0.25, 0.5, 0.75, 0.999].map((random) => {
      const facts = taskRun({
        state: running,
        run: { run_count: 1 },
        policy: { retries: 1, retry_delay: 100, retry_jitter_factor: 0.5 },
      });
      const decision = decideTaskRunTransition(facts, { state: failed, force: false }, context({ random }));
      const scheduled = decision.state?.state_details.scheduled_time ?? 0;
      return (scheduled - at(0)) / 1_000_000;
    });
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays[0]).toBeGreaterThan(50);
    expect(delays.at(-1)).toBeLessThanOrEqual(150);
  });
});

describe("a clamped Poisson interval", () => {
  test.each([0.1, 0.3, 1, 3])("keeps its mean and its bounds with a factor of %d", (factor) => {
    const draws = Array.from({ length: 2000 }, (_, index) =>
      clampedPoissonInterval(10, factor, (index + 0.5) / 2000),
    );
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(Math.max(...draws)).toBeLessThanOrEqual(10 * (1 + factor) + 1e-9);
    expect(Math.min(...draws)).toBeGreaterThan(0);
    expect(mean).toBeGreaterThan(7);
    expect(mean).toBeLessThan(13);
  });

  test("is zero for an average of zero", () => {
    expect(clampedPoissonInterval(0, 0.3, 0.5)).toBe(0);
  });
});
