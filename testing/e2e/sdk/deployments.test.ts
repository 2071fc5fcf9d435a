/** Deployments that a program of their own serves, run by others. */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deploy, flow, runDeployment, task } from "@sluice/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type EndedProgram, ended, startProgram } from "./programs.ts";
import { type Row, type SdkKit, setLogLevel, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

/** Ids of the process of `stubborn` and of the one that it has started. */
async function stubbornProcesses(): Promise<number[]> {
  return vi.waitFor(() => {
    const pids = /processes (\d+) (\d+)/.exec(notes())?.slice(1);
    if (!pids) throw new Error("not started yet");
    return pids.map(Number);
  });
}

/** What the served flows have noted. */
function notes(): string {
  return readFileSync(process.env.SLUICE_TEST_NOTES ?? "", "utf8");
}

interface Served {
  readonly child: ChildProcess;
  readonly end: Promise<EndedProgram>;
}

let served: Served | null = null;
afterEach(async () => {
  served?.child.kill("SIGKILL");
  await served?.end;
  served = null;
});

/** Serves the flows of `programs/serving.ts`, ready to take runs. */
async function startServing(limit = 10, graceSeconds = 1): Promise<Served> {
  process.env.SLUICE_TEST_NOTES = join(process.env.SLUICE_HOME ?? "", "notes");
  const child = startProgram("serving", String(limit), String(graceSeconds));
  served = { child, end: ended(child) };
  await vi.waitFor(async () => {
    const deployment = await kit.api("GET", "/deployments/name/stubborn/served");
    if (deployment.status !== "READY" || deployment.paused) throw new Error("not served yet");
  }, 15_000);
  return served;
}

async function inState(id: string, type: string): Promise<Row> {
  return vi.waitFor(async () => {
    const run = await kit.flowRun(id);
    if (run.state_type !== type) throw new Error(`still ${String(run.state_type)}`);
    return run;
  }, 20_000);
}

async function started(name: string): Promise<string> {
  const { id } = await runDeployment(`${name}/served`, { timeoutSeconds: 0 });
  await inState(id, "RUNNING");
  return id;
}

async function cancel(id: string): Promise<void> {
  await kit.api("POST", `/flow_runs/${id}/set_state`, { state: { type: "CANCELLING" } });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("runDeployment", () => {
  it("gives the run once it has ended, linked under the caller with edges from futures", async () => {
    setLogLevel("INFO");
    await startServing().finally(() => setLogLevel("CRITICAL"));
    const four = task(async function four() {
      return 4;
    });
    const calling = flow(async function calling() {
      const n = four.submit();
      const run = await runDeployment("calm/served", { parameters: { n }, flowRunName: "asked-for" });
      return { child: run.id, childName: run.name, childState: run.state.name, upstream: n.taskRunId };
    });
    const parent = calling();
    const { child, childName, childState, upstream } = await parent;
    expect([childName, childState]).toEqual(["asked-for", "Completed"]);

    const childRun = await kit.flowRun(child);
    expect(childRun.parameters).toEqual({ n: 4 });
    const tasks = await kit.taskRunsOf(await parent.created);
    const tracking = tasks.find(({ id }) => id === childRun.parent_task_run_id);
    expect(tracking).toMatchObject({
      name: "calm/served-0",
      state_type: "COMPLETED",
      task_inputs: { n: [{ input_type: "task_run", id: upstream }] },
    });
    await vi.waitFor(async () => {
      const lines = (await kit.logsOf(child)).map(({ message }) => message);
      expect(lines).toContain("calm 8 of calm/served");
    });
  });

  it("gives the run as it is when the time is up", async () => {
    await startServing();
    const { id } = await runDeployment("polite/served", { timeoutSeconds: 0 });
    await inState(id, "RUNNING");
    const again = await runDeployment("polite/served", { timeoutSeconds: 0.2, tags: ["second"] });
    expect(again.state.isFinal()).toBe(false);
    expect(again.tags).toContain("second");
    await cancel(id);
    await cancel(again.id);
    await inState(again.id, "CANCELLED");
  });

  it("gives one run to all calls of one idempotency key", async () => {
    await startServing();
    const once = { idempotencyKey: "the-one", timeoutSeconds: 0 };
    const first = await runDeployment("calm/served", once);
    const second = await runDeployment("calm/served", once);
    expect(second.id).toBe(first.id);
  });

  it("finds the run that an earlier attempt of its caller has made", async () => {
    await startServing();
    const runs: string[] = [];
    const retried = flow(
      async function retried() {
        runs.push((await runDeployment("calm/served", { parameters: { n: 2 } })).id);
        if (runs.length < 2) throw new Error("once more");
      },
      { retries: 1 },
    );
    await retried();
    expect(runs).toHaveLength(2);
    expect(runs[1]).toBe(runs[0]);
  });

  it("refuses what names no deployment", async () => {
    await expect(runDeployment("calm")).rejects.toThrow("neither an id nor a name");
    await expect(runDeployment("calm/nowhere")).rejects.toThrow(/404/);
  });
});

describe("a served run whose process", () => {
  it.each([
    ["is killed", "dying", /ended by SIGKILL/],
    ["exits before the flow has ended", "leaving", /ended with exit code 3/],
  ])("%s is Crashed", async (_how, name, message) => {
    await startServing();
    const run = await runDeployment(`${name}/served`);
    expect(run.state.type).toBe("CRASHED");
    expect(run.state.message).toMatch(message);
  });

  it("listens is Cancelled after its code has cleaned up", async () => {
    await startServing();
    const id = await started("polite");
    await cancel(id);
    await inState(id, "CANCELLED");
    await vi.waitFor(() => expect(notes()).toContain("polite has cleaned up"));
  });

  it("doesn't listen is ended after the grace period, with all that it has started", async () => {
    await startServing();
    const id = await started("stubborn");
    const pids = await stubbornProcesses();
    await cancel(id);
    await inState(id, "CANCELLED");
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 10_000);
    expect(notes()).toContain("stubborn got SIGTERM");
  });
});

describe("serving", () => {
  it("starts no more runs at once than its limit", async () => {
    await startServing(1);
    const first = await started("polite");
    const second = await runDeployment("calm/served", { timeoutSeconds: 0 });
    const later = await runDeployment("calm/served", { timeoutSeconds: 1 });
    expect((await kit.flowRun(second.id)).state_type).toBe("SCHEDULED");
    expect(later.state.type).toBe("SCHEDULED");
    await cancel(first);
    await inState(second.id, "COMPLETED");
    await inState(later.id, "COMPLETED");
  });

  it("shares the runs with another program that serves the same, each run once", async () => {
    await startServing();
    const other = startProgram("serving");
    const otherEnd = ended(other);
    try {
      await new Promise<void>((resolve) => {
        other.stderr?.on("data", (chunk: Buffer) => chunk.includes("stubborn/served") && resolve());
      });
      const runs = await Promise.all(Array.from({ length: 4 }, () => runDeployment("calm/served")));
      for (const { id } of runs) {
        expect(await kit.flowRunHistory(id)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
      }
    } finally {
      other.kill("SIGTERM");
      expect(await otherEnd).toMatchObject({ code: 0 });
    }
  });

  it("runs what a schedule has made, when it is due", async () => {
    const ticking = startProgram("ticking");
    const end = ended(ticking);
    const run = await vi.waitFor(async () => {
      const runs = await kit.flowRunsOf("ticking");
      return (
        runs.find(({ state_type }) => state_type === "COMPLETED") ?? Promise.reject(new Error("none yet"))
      );
    }, 20_000);
    ticking.kill("SIGTERM");
    expect(await end).toMatchObject({ code: 0 });
    expect(run.auto_scheduled).toBe(true);
    const { start_time: started = "never", expected_start_time: expected = "never" } = run;
    expect(Date.parse(started)).toBeGreaterThanOrEqual(Date.parse(expected));
  });

  it("pauses its deployments and lets runs end when it is told to end", async () => {
    const { child, end } = await startServing(10, 20);
    const id = await started("polite");
    child.kill("SIGTERM");
    await vi.waitFor(async () => {
      expect(await kit.api("GET", "/deployments/name/calm/served")).toMatchObject({ paused: true });
    });
    expect((await kit.flowRun(id)).state_type).toBe("RUNNING");
    await cancel(id);
    expect(await end).toMatchObject({ code: 0 });
    expect((await kit.flowRun(id)).state_type).toBe("CANCELLED");
  });

  it("ends runs at the second signal, as Crashed", async () => {
    const { child, end } = await startServing(10, 60);
    const id = await started("polite");
    child.kill("SIGINT");
    await vi.waitFor(async () => {
      expect(await kit.api("GET", "/deployments/name/calm/served")).toMatchObject({ paused: true });
    });
    child.kill("SIGINT");
    expect(await end).toMatchObject({ code: 0 });
    expect((await kit.flowRun(id)).state_type).toBe("CRASHED");
  });

  it("leaves no process behind when it is killed", async () => {
    const { child, end } = await startServing();
    const id = await started("polite");
    child.kill("SIGKILL");
    await end;
    const run = await inState(id, "CRASHED");
    expect(run.state).toMatchObject({ message: "Execution was aborted by a termination signal." });
  });
});

describe("deploy", () => {
  const nightly = flow(async function nightly({ n }: { n: number }) {
    return n;
  });

  it("registers a deployment for a work pool, and changes it the second time", async () => {
    await kit.api("POST", "/work_pools/", { name: "local", type: "process" });
    const id = await nightly.deploy({
      name: "at-three",
      workPoolName: "local",
      workQueueName: "slow",
      jobVariables: { env: { REGION: "eu" } },
      cron: "0 3 * * *",
      timezone: "Europe/Berlin",
      parameters: { n: 1 },
      tags: ["night"],
      concurrencyLimit: { limit: 2, collisionStrategy: "CANCEL_NEW" },
      pullSteps: [{ set_working_directory: { directory: "/srv/flows" } }],
    });
    const deployment = await kit.api("GET", `/deployments/${id}`);
    expect(deployment).toMatchObject({
      name: "at-three",
      entrypoint: "testing/e2e/sdk/deployments.test.ts:nightly",
      path: null,
      pull_steps: [{ set_working_directory: { directory: "/srv/flows" } }],
      work_pool_name: "local",
      work_queue_name: "slow",
      job_variables: { env: { REGION: "eu" } },
      parameters: { n: 1 },
      tags: ["night"],
      schedules: [{ schedule: { cron: "0 3 * * *", timezone: "Europe/Berlin" }, active: true }],
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
    });
    const again = await nightly.deploy({ name: "at-three", workPoolName: "local", interval: 60 });
    expect(again).toBe(id);
    const changed = await kit.api<{ schedules: unknown[] }>("GET", `/deployments/${id}`);
    expect(changed.schedules).toMatchObject([{ schedule: { interval: 60 } }]);
  });

  it("registers several at once", async () => {
    const ids = await deploy(nightly.toDeployment({ name: "a" }), nightly.toDeployment({ name: "b" }), {
      workPoolName: "local",
    });
    const names = await Promise.all(ids.map((id) => kit.api("GET", `/deployments/${id}`)));
    expect(names.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("refuses a pool that isn't there", async () => {
    await expect(nightly.deploy({ name: "c", workPoolName: "nowhere" })).rejects.toThrow(/nowhere/);
  });

  it("refuses a name with a slash", () => {
    expect(() => nightly.toDeployment({ name: "a/b" })).toThrow("a name without slashes, got 'a/b'");
  });
});
