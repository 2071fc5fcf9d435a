import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Client, createClient } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import { createEmbeddedServer } from "@sluice/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServerProcess } from "../../../testing/servers/processes.ts";
import { startSluiceServer } from "../../../testing/servers/sluice-server.ts";
import { Shell } from "./run-sluice.ts";

let folder: string;
let server: ServerProcess;
let client: Client<typeof endpoints>;
let shell: Shell;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-cli-server-"));
  server = await startSluiceServer({ database: `sqlite:${join(folder, "a.db")}`, home: folder });
  client = createClient(endpoints, { apiUrl: server.url });
  shell = new Shell({ SLUICE_API_URL: server.url });
});
afterAll(async () => {
  await server.stop();
  shell.remove();
  rmSync(folder, { recursive: true, force: true });
});

const MISSING = "0198f0b2-5c1e-7d3a-9a44-0c2f6b1d8e57";

type StateType = "SCHEDULED" | "PENDING" | "RUNNING" | "COMPLETED" | "FAILED";

async function makeRun(flowName: string, type: StateType, name?: string) {
  const flow = await client.operations.createFlow({ body: { name: flowName } });
  return await client.operations.createFlowRun({
    body: {
      flow_id: flow.id,
      state: { type },
      parameters: { x: 1 },
      tags: ["nightly"],
      ...(name && { name }),
    },
  });
}

async function writeLogs(runId: string, lines: readonly (readonly [level: number, message: string])[]) {
  const start = Date.parse("2026-08-01T12:00:00Z");
  await client.operations.createLogs({
    body: lines.map(([level, message], index) => ({
      name: "prefect.flow_runs",
      level,
      message,
      timestamp: new Date(start + index * 1000).toISOString(),
      flow_run_id: runId,
    })),
  });
}

async function stateOf(runId: string) {
  return (await client.operations.readFlowRun({ params: { id: runId } })).state_type;
}

describe("sluice flow-run ls", () => {
  it("lists the latest runs with their flow, state and time", async () => {
    const run = await makeRun("listed", "COMPLETED", "brave-otter");
    const { code, stderr, stdout } = await shell.run("flow-run", "ls");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")[0]).toMatch(/^ID +Flow +Name +State +When$/);
    expect(stdout).toMatch(
      new RegExp(`^${run.id} +listed +brave-otter +Completed +(now|\\d+ seconds? ago)$`, "m"),
    );
  });

  it("filters by flow, state and number, and speaks JSON", async () => {
    const failed = await makeRun("filtered", "FAILED");
    const completed = await makeRun("filtered", "COMPLETED");
    await makeRun("other", "FAILED");
    const ids = async (...args: string[]) => {
      const runs = (await shell.read("flow-run", "ls", "--flow-name", "filtered", ...args)) as {
        id: string;
      }[];
      return runs.map(({ id }) => id);
    };
    expect(await ids()).toEqual([completed.id, failed.id]);
    expect(await ids("--state-type", "failed")).toEqual([failed.id]);
    expect(await ids("--state", "Completed", "Late")).toEqual([completed.id]);
    expect(await ids("--limit", "1")).toEqual([completed.id]);
    expect((await shell.run("flow-run", "ls", "--flow-name", "filtered", "-o", "json")).stdout).toContain(
      failed.id,
    );
  });

  it("says that there is nothing, and gives programs an empty list", async () => {
    expect(await shell.run("flow-run", "ls", "--flow-name", "nothing")).toEqual({
      code: 0,
      stdout: "",
      stderr: "No flow runs.\n",
    });
    expect(await shell.read("flow-run", "ls", "--flow-name", "nothing")).toEqual([]);
  });

  it("can be cut short by its reader", async () => {
    await makeRun("cut", "COMPLETED");
    const child = shell.start("flow-run", "ls");
    child.stdout.destroy();
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });
});

describe("sluice flow-run inspect", () => {
  it("shows everything about a run", async () => {
    const run = await makeRun("inspected", "COMPLETED");
    expect(await shell.read("flow-run", "inspect", run.id)).toMatchObject({
      id: run.id,
      name: run.name,
      state_type: "COMPLETED",
      parameters: { x: 1 },
    });
    const { stdout } = await shell.run("flow-run", "inspect", run.id);
    expect(stdout).toMatch(/^Flow +inspected$/m);
    expect(stdout).toMatch(/^State +Completed$/m);
    expect(stdout).toMatch(/^Parameters +\{"x":1\}$/m);
    expect(stdout).toMatch(/^Tags +nightly$/m);
  });
});

describe("sluice flow-run logs", () => {
  let runId: string;
  beforeAll(async () => {
    runId = (await makeRun("logged", "COMPLETED", "quiet-lynx")).id;
    const lines = Array.from(
      { length: 230 },
      (_, index) => [index % 50 === 0 ? 40 : 20, `line ${index}`] as const,
    );
    await writeLogs(runId, lines);
  });

  const messages = async (...args: string[]) => {
    const logs = (await shell.read("flow-run", "logs", runId, ...args)) as { message: string }[];
    return logs.map(({ message }) => message);
  };

  it("shows all lines in their order, also beyond one page", async () => {
    const lines = await messages();
    expect(lines).toHaveLength(230);
    expect(lines.at(0)).toBe("line 0");
    expect(lines.at(-1)).toBe("line 229");
    const { stdout } = await shell.run("flow-run", "logs", runId);
    expect(stdout.split("\n")[0]).toMatch(
      /^2026-08-01 \d\d:00:00\.000 \| ERROR {4}\| Flow run 'quiet-lynx' - line 0$/,
    );
  });

  it.each([
    [
      ["--head", "-n", "2"],
      ["line 0", "line 1"],
    ],
    [
      ["-n", "2"],
      ["line 0", "line 1"],
    ],
    [
      ["--tail", "-n", "2"],
      ["line 228", "line 229"],
    ],
    [
      ["--reverse", "-n", "2"],
      ["line 229", "line 228"],
    ],
    [
      ["--tail", "--reverse", "-n", "2"],
      ["line 229", "line 228"],
    ],
    [
      ["--head", "--reverse", "-n", "2"],
      ["line 1", "line 0"],
    ],
    [
      ["--level", "ERROR"],
      ["line 0", "line 50", "line 100", "line 150", "line 200"],
    ],
    [["--search", "229"], ["line 229"]],
    [["--task-run", MISSING], []],
  ])("%j shows %j", async (args, expected) => {
    expect(await messages(...args)).toEqual(expected);
  });

  it("shows twenty lines with --tail alone", async () => {
    expect(await messages("--tail")).toHaveLength(20);
  });

  it.each(["a server", "the database of the home folder"])(
    "goes on with new lines from %s until the run has ended, and shows each once",
    async (source) => {
      await using cleanUp = new AsyncDisposableStack();
      const isServer = source === "a server";
      const embedded = isServer
        ? null
        : await createEmbeddedServer({ home: folder }, { SLUICE_HOME: folder });
      if (embedded) cleanUp.defer(() => embedded.close());
      const place = embedded
        ? createClient(endpoints, { apiUrl: "http://sluice.embedded/api", fetch: embedded.fetch })
        : client;
      const follower = isServer ? shell : new Shell({ SLUICE_HOME: folder });
      const say = (message: string, flow_run_id: string) =>
        place.operations.createLogs({
          body: [
            {
              name: "prefect.flow_runs",
              level: 20,
              message,
              timestamp: new Date().toISOString(),
              flow_run_id,
            },
          ],
        });

      const flow = await place.operations.createFlow({ body: { name: "followed" } });
      const run = await place.operations.createFlowRun({
        body: { flow_id: flow.id, state: { type: "RUNNING" } },
      });
      await say("before", run.id);
      const child = follower.start("flow-run", "logs", run.id, "--follow");
      let output = "";
      child.stdout.on("data", (text) => (output += text));
      const closed = new Promise((resolve) => child.once("close", resolve));
      await vi.waitFor(() => expect(output).toContain("before"), 20_000);
      await say("while it runs", run.id);
      await vi.waitFor(() => expect(output).toContain("while it runs"), 20_000);
      await place.operations.setFlowRunState({
        params: { id: run.id },
        body: { state: { type: "COMPLETED" } },
      });
      expect(await closed).toBe(0);
      expect(output.match(/before/g)).toHaveLength(1);
      expect(output.match(/while it runs/g)).toHaveLength(1);
    },
  );
});

describe("sluice flow-run cancel", () => {
  it("cancels a run that has not begun at once", async () => {
    const run = await makeRun("cancelled", "SCHEDULED");
    const { code, stderr } = await shell.run("flow-run", "cancel", run.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Flow run ${run.id} is cancelled.\n` });
    expect(await stateOf(run.id)).toBe("CANCELLED");
  });

  it("asks a running one to stop", async () => {
    const run = await makeRun("cancelled", "RUNNING");
    const { code, stderr } = await shell.run("flow-run", "cancel", run.id);
    expect(code).toBe(0);
    expect(stderr).toMatch(/is (being )?cancelled/);
    expect(await stateOf(run.id)).toMatch(/CANCELL(ING|ED)/);
  });

  it("tells why an ended one can't be cancelled", async () => {
    const run = await makeRun("cancelled", "COMPLETED");
    const { code, stderr } = await shell.run("flow-run", "cancel", run.id);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Flow run .* can't be cancelled: .+/);
    expect(await stateOf(run.id)).toBe("COMPLETED");
  });
});

describe("sluice flow-run delete", () => {
  it("deletes the run", async () => {
    const run = await makeRun("deleted", "COMPLETED");
    expect(await shell.run("flow-run", "delete", run.id)).toMatchObject({ code: 0, stdout: "" });
    const { code, stderr } = await shell.run("flow-run", "inspect", run.id);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: There is no flow run ${run.id}.`);
  });
});

describe("sluice flow-run retry", () => {
  it("only takes ended runs", async () => {
    const run = await makeRun("retried", "RUNNING", "busy-bee");
    const { code, stderr } = await shell.run("flow-run", "retry", "busy-bee");
    expect(code).toBe(1);
    expect(stderr).toContain(`Flow run ${run.id} is Running; only ended runs can be retried.`);
  });

  it("says that a run without a deployment has nobody to pick it up", async () => {
    const run = await makeRun("retried", "FAILED");
    const { code, stderr } = await shell.run("flow-run", "retry", run.id);
    expect(code).toBe(1);
    expect(stderr).toContain("has no deployment");
    expect(await stateOf(run.id)).toBe("FAILED");
  });

  describe("with an entrypoint", () => {
    const fixture = join(import.meta.dirname, "fixtures", "moody.ts");

    async function failOnce(): Promise<string> {
      const env = { ...process.env, SLUICE_API_URL: server.url, SLUICE_HOME: folder };
      const failing = promisify(execFile)(process.execPath, ["--conditions=source", fixture], { env });
      await expect(failing).rejects.toThrow("not today");
      const [run] = (await shell.read("flow-run", "ls", "--flow-name", "moody", "--limit", "1")) as {
        id: string;
      }[];
      return run?.id ?? "";
    }

    it("runs the flow of the file under the same id", async () => {
      const id = await failOnce();
      const good = new Shell({ SLUICE_API_URL: server.url, MOOD: "good" });
      const { code, stderr } = await good.run("flow-run", "retry", id, "--entrypoint", `${fixture}:moody`);
      good.remove();
      expect(stderr).toContain(`Flow run ${id} is Completed.`);
      expect(code).toBe(0);
      expect(await client.operations.readFlowRun({ params: { id } })).toMatchObject({
        state_type: "COMPLETED",
        run_count: 2,
      });
    });

    it("ends with 1 when the run fails again", async () => {
      const id = await failOnce();
      const { code, stderr } = await shell.run("flow-run", "retry", id, "-e", `${fixture}:moody`);
      expect(code).toBe(1);
      expect(stderr).toContain(`Flow run ${id} is Failed.`);
    });

    it.each([
      ["moody", '"moody" is not path/to/file.ts:flowName.'],
      ["nowhere.ts:moody", "There is no file "],
      [`${fixture}:grumpy`, 'exports no flow "grumpy".'],
      [`${fixture}:notAFlow`, 'exports no flow "notAFlow".'],
    ])("%s changes nothing and says why", async (entrypoint, message) => {
      const run = await makeRun("retried", "FAILED");
      const { code, stderr } = await shell.run("flow-run", "retry", run.id, "-e", entrypoint);
      expect(code).toBe(1);
      expect(stderr).toContain(message);
      expect(await stateOf(run.id)).toBe("FAILED");
    });
  });

  it("wants an id where a name is not enough", async () => {
    const runs = [await makeRun("retried", "FAILED", "twin"), await makeRun("retried", "FAILED", "twin")];
    const { code, stderr } = await shell.run("flow-run", "retry", "twin");
    expect(code).toBe(1);
    for (const { id } of runs) expect(stderr).toContain(id);
  });
});

it.each(["inspect", "logs", "cancel", "delete", "retry"])(
  "sluice flow-run %s says when there is no such run",
  async (verb) => {
    const { code, stderr, stdout } = await shell.run("flow-run", verb, MISSING);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`error: There is no flow run ${MISSING}.\nList runs with: sluice flow-run ls\n`);
  },
);

describe("sluice flow ls", () => {
  it("lists flows, the newest first", async () => {
    const flow = await client.operations.createFlow({ body: { name: "brand-new" } });
    expect(await shell.read("flow", "ls", "--limit", "1")).toEqual([
      expect.objectContaining({ id: flow.id, name: "brand-new" }),
    ]);
    expect((await shell.run("flow", "ls")).stdout).toMatch(new RegExp(`^${flow.id} +brand-new +`, "m"));
  });
});

describe("colours", () => {
  it("are for terminals, unless they are asked for", async () => {
    await makeRun("painted", "COMPLETED");
    const painted = new Shell({ SLUICE_API_URL: server.url, FORCE_COLOR: "1" });
    expect((await shell.run("flow-run", "ls")).stdout).not.toContain("\u001b[");
    expect((await painted.run("flow-run", "ls")).stdout).toContain("\u001b[32mCompleted");
    painted.remove();
  });
});
