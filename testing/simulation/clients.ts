/** The people and programs that use the server: each lives its life, one request after the other. */
import {
  addSeconds,
  DEFAULT_FLOW_RUN_POLICY,
  DEFAULT_TASK_RUN_POLICY,
  type DeploymentId,
  type FlowRunId,
  newRandomId,
  type StateType,
  StateType as StateTypes,
  type TaskRunId,
} from "@sluice/schemas";
import {
  cancelOrphanedSubflowRun,
  cancelOrphanedTaskRun,
} from "../../server/commands/cancel-orphaned-runs.ts";
import { cancelTimedOutFlowRun } from "../../server/commands/cancel-timed-out-flow-run.ts";
import { createFlowRun } from "../../server/commands/create-flow-run.ts";
import { createTaskRun } from "../../server/commands/create-task-run.ts";
import { failExpiredPause } from "../../server/commands/fail-expired-pause.ts";
import { markFlowRunLate } from "../../server/commands/mark-flow-run-late.ts";
import { resumeFlowRun } from "../../server/commands/resume-flow-run.ts";
import type { SetFlowRunStateOutcome } from "../../server/commands/set-state-outcome.ts";
import { setTaskRunState } from "../../server/commands/set-task-run-state.ts";
import { newState } from "../../server/orchestration/states.ts";
import { propose } from "./proposals.ts";
import type { World } from "./world.ts";

export type Client = (world: World) => Promise<void>;

interface RunWishes {
  readonly deploymentId?: DeploymentId | null;
  readonly parentTaskRunId?: TaskRunId | null;
  readonly idempotencyKey?: string | null;
  readonly first: StateType;
}

async function create(world: World, wishes: RunWishes): Promise<FlowRunId | null> {
  const { random } = world;
  const { idempotencyKey = null, deploymentId = null, parentTaskRunId = null } = wishes;
  const scheduled_time = addSeconds(world.now, random.pick([-5, 0, 3]));
  const state = newState(
    wishes.first,
    wishes.first === "SCHEDULED" ? { state_details: { scheduled_time } } : {},
  );
  const answer = await world.send((context) =>
    createFlowRun(context, world.caller(), {
      state,
      name: null,
      flow_id: world.flowId,
      flow_version: null,
      parameters: {},
      context: {},
      parent_task_run_id: parentTaskRunId,
      infrastructure_document_id: null,
      empirical_policy: {
        ...DEFAULT_FLOW_RUN_POLICY,
        retries: random.pick([null, 1, 2]),
        retry_delay: random.pick([0, 2]),
      },
      tags: [],
      labels: {},
      idempotency_key: idempotencyKey,
      work_pool_name: null,
      work_queue_name: null,
      job_variables: null,
      deployment_id: deploymentId,
    }),
  );
  if (!answer) return null;
  const { run, created } = answer;
  world.journal.createdRuns.push({
    id: run.id,
    created,
    firstState: created ? run.state : null,
    idempotencyKey,
  });
  if (!world.runIds.includes(run.id)) world.runIds.push(run.id);
  return run.id;
}

/** Runs a flow in its own process, from a script: creates the run, executes it, obeys. */
export const script: Client = async (world) => {
  const id = await create(world, {
    first: "PENDING",
    idempotencyKey: world.random.chance(0.3) ? `once-${world.flowId}` : null,
  });
  if (id) await execute(world, id);
};

/** Claims scheduled runs of a deployment and executes them; several do it at once. */
export const worker: Client = async (world) => {
  const clientVersion = world.random.pick(["3.8.8", "3.8.8", "3.4.0", null]);
  for (let round = 0; round < 2; round += 1) {
    const id = await findRun(world);
    if (!id) continue;
    const claimed = await propose(world, id, newState("PENDING"), { clientVersion });
    if (claimed?.status !== "ACCEPT") continue;
    if (world.random.chance(0.5)) {
      const submitting = newState("PENDING", { name: "Submitting" });
      const submitted = await propose(world, id, submitting, { attempt: claimed.attempt, clientVersion });
      if (submitted?.status !== "ACCEPT") continue;
    }
    await execute(world, id, clientVersion);
  }
};

/** Makes runs of a deployment for workers to find. */
export const scheduler: Client = async (world) => {
  await create(world, { first: "SCHEDULED", deploymentId: world.random.pick(world.deploymentIds) });
};

/** Several runs of one deployment that are claimed at the same moment, so that they meet in one transaction. */
export const rush: Client = async (world) => {
  const [limited] = world.deploymentIds;
  const runs = Array.from({ length: 4 }, () =>
    create(world, { first: "SCHEDULED", deploymentId: limited ?? null }),
  );
  const ids = (await Promise.all(runs)).filter((id) => id !== null);
  await Promise.all(ids.map((id) => propose(world, id, newState("PENDING"))));
};

/** Executes a run until it ends, is told to stop, or its process is gone. States its attempt, if it is one that does. */
async function execute(world: World, id: FlowRunId, clientVersion: string | null = "3.8.8"): Promise<void> {
  const isFenced = world.random.chance(0.5);
  for (let turn = 0; turn < 5; turn += 1) {
    const entered = await propose(world, id, newState("RUNNING"), { clientVersion });
    if (!entered || entered.status === "ABORT") return;
    if (entered.status === "WAIT") {
      if (entered.details.type === "wait_details") world.advance(entered.details.delay_seconds);
      continue;
    }
    if (entered.state?.type !== "RUNNING") return;
    const attempt = isFenced ? entered.attempt : null;
    const ended = await endOnce(world, id, { attempt, clientVersion });
    if (ended?.state?.name !== "AwaitingRetry") return;
  }
}

interface Execution {
  readonly attempt: number | null;
  readonly clientVersion: string | null;
}

async function endOnce(
  world: World,
  id: FlowRunId,
  execution: Execution,
): Promise<SetFlowRunStateOutcome | null> {
  const { random } = world;
  const ending = random.weighted([
    [4, "COMPLETED"],
    [4, "FAILED"],
    [1, "CRASHED"],
    [2, "PAUSED"],
    [1, null],
  ] as const);
  if (ending === null) return null; // its process is gone without a word
  if (ending === "PAUSED") return await pause(world, id, execution);
  const data = random.chance(0.5) ? { storage_key: newRandomId() } : null;
  return await propose(world, id, newState(ending, { message: "The end", data }), execution);
}

async function pause(
  world: World,
  id: FlowRunId,
  execution: Execution,
): Promise<SetFlowRunStateOutcome | null> {
  const { random } = world;
  const isSuspension = random.chance(0.3);
  const paused = await propose(
    world,
    id,
    newState("PAUSED", {
      name: isSuspension ? "Suspended" : "Paused",
      state_details: {
        pause_key: random.pick(["1", "2"]),
        pause_reschedule: isSuspension,
        pause_timeout: addSeconds(world.now, random.pick([1, 60])),
      },
    }),
    execution,
  );
  if (paused?.status !== "ACCEPT" || isSuspension) return paused;
  for (let poll = 0; poll < 4; poll += 1) {
    const run = await world.send((context) =>
      context.store.reads.flowRuns.read(world.caller().workspace_id, id),
    );
    if (run?.state?.type === "RUNNING") return await propose(world, id, newState("COMPLETED"), execution);
    if (run && run.state?.type !== "PAUSED") return null;
  }
  return paused;
}

/** Some run that exists, waiting a little for the first one. */
async function findRun(world: World): Promise<FlowRunId | null> {
  for (let look = 0; look < 12; look += 1) {
    await world.think();
    if (world.runIds.length > 0) return world.random.pick(world.runIds);
  }
  return null;
}

/** Cancels, retries, resumes, corrects. */
export const person: Client = async (world) => {
  const { random } = world;
  for (let round = 0; round < 3; round += 1) {
    const id = await findRun(world);
    if (!id) continue;
    const wish = random.weighted([
      [3, "cancel"],
      [3, "retry"],
      [3, "resume"],
      [1, "force"],
      [2, "anything"],
    ] as const);
    switch (wish) {
      case "cancel":
        await propose(world, id, newState("CANCELLING"));
        break;
      case "retry":
        await propose(world, id, newState("SCHEDULED"));
        break;
      case "resume": {
        const outcome = await world.send((context) => resumeFlowRun(context, world.caller(), id, null));
        if (outcome) world.journal.resumed.push(outcome);
        break;
      }
      case "force":
        await propose(world, id, newState(random.pick(Object.values(StateTypes))), { force: true });
        break;
      case "anything":
        await propose(world, id, newState(random.pick(Object.values(StateTypes))), {
          attempt: random.pick([null, null, 1, 2]),
        });
        break;
    }
  }
};

/** The server's own background work, wherever it runs. */
export const service: Client = async (world) => {
  const { random } = world;
  for (let round = 0; round < 2; round += 1) {
    if (random.chance(0.5)) world.advance(random.pick([5, 20, 310]));
    await world.send(async (context) => {
      const { overdueRuns } = context.store.reads;
      const now = context.now();
      switch (random.below(4)) {
        case 0:
          for (const run of await overdueRuns.listLate(addSeconds(now, -15), 5))
            await markFlowRunLate(context, run);
          break;
        case 1:
          for (const run of await overdueRuns.listExpiredPauses(now, 5)) await failExpiredPause(context, run);
          break;
        case 2:
          for (const run of await overdueRuns.listCancelling(addSeconds(now, -300), 5)) {
            await cancelTimedOutFlowRun(context, run);
          }
          break;
        default:
          for (const run of await overdueRuns.listSubflowRunsOfCancelled(5)) {
            await cancelOrphanedSubflowRun(context, run);
          }
          for (const run of await overdueRuns.listTaskRunsOfCancelled(addSeconds(now, -86_400), 5)) {
            await cancelOrphanedTaskRun(context, run);
          }
      }
    });
  }
};

/** Calls a flow from within a flow: a task run that stands for it, then the run, then its execution. */
export const parentFlow: Client = async (world) => {
  const parent = await findRun(world);
  const taskRunId = await createTask(world, { flowRunId: parent, tags: [] });
  if (!taskRunId) return;
  const id = await create(world, { first: "PENDING", parentTaskRunId: taskRunId });
  if (id) await execute(world, id);
};

/** Runs a task that the server orchestrates and whose tag is limited. */
export const taggedTask: Client = async (world) => {
  const id = await createTask(world, { flowRunId: null, tags: [world.tag] });
  if (!id) return;
  for (const type of ["RUNNING", world.random.pick(["COMPLETED", "FAILED"] as const)] as const) {
    const state = newState(type);
    await world.send((context) => setTaskRunState(context, world.caller(), id, { state, force: false }));
  }
};

async function createTask(
  world: World,
  { flowRunId, tags }: { readonly flowRunId: FlowRunId | null; readonly tags: readonly string[] },
): Promise<TaskRunId | null> {
  const dynamic_key = newRandomId();
  const answer = await world.send((context) =>
    createTaskRun(context, world.caller(), {
      id: null,
      state: newState("PENDING"),
      name: null,
      flow_run_id: flowRunId,
      task_key: "task",
      dynamic_key,
      cache_key: null,
      cache_expiration: null,
      task_version: null,
      empirical_policy: DEFAULT_TASK_RUN_POLICY,
      tags: [...tags],
      labels: {},
      task_inputs: {},
    }),
  );
  if (answer) world.journal.createdTaskRuns.push(answer.run.id);
  return answer?.run.id ?? null;
}
