/** Starts and ends the processes in which flow runs are executed. Each leads a group of its own: all of it is ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { callAfter } from "../clock.ts";
import { inheritedNodeOptions } from "./node-options.ts";
import { TERM_SECONDS } from "./termination.ts";
import { embeddingModule } from "../transport/embedded-server.ts";

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface FlowRunProcessInit {
  readonly flowRunId: string;
  readonly deploymentName: string;
  /** Seconds from asking to stop to SIGTERM. */
  readonly graceSeconds: number;
}

/** Seconds from SIGTERM to SIGKILL, when the run is over for the server already. */
const CANCELLED_TERM_SECONDS = 3;

export class FlowRunProcess {
  readonly pid: number | undefined;
  /** Resolves when the process, and all that it has started in its group, is gone. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #graceSeconds: number;
  #isStopping = false;
  #cancelTimer: () => void = () => {};

  constructor({ flowRunId, deploymentName, graceSeconds }: FlowRunProcessInit) {
    this.#graceSeconds = graceSeconds;
    const embedding = embeddingModule();
    this.#child = spawn(process.execPath, [...nodeOptions(), ENTRY], {
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        PREFECT__FLOW_RUN_ID: flowRunId,
        PREFECT__DEPLOYMENT_NAME: deploymentName,
        ...(embedding === null ? {} : { SLUICE__EMBEDDING_MODULE: embedding }),
      },
    });
    this.pid = this.#child.pid;
    this.ended = this.#untilEnded();
  }

  /** The run is cancelled: its code is told, and has the grace period to end. */
  cancel(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (this.#child.connected) this.#child.send({ kind: "look" }, () => {});
    this.#cancelTimer = callAfter(this.#graceSeconds, () => this.terminate(CANCELLED_TERM_SECONDS));
  }

  /** SIGTERM to the group: the run is reported Crashed. SIGKILL after a while. */
  terminate(killAfterSeconds = TERM_SECONDS): void {
    this.#isStopping = true;
    this.#cancelTimer();
    this.#signal("SIGTERM");
    this.#cancelTimer = callAfter(killAfterSeconds, () => this.#signal("SIGKILL"));
  }

  async #untilEnded(): Promise<ProcessEnd> {
    const end = await new Promise<ProcessEnd>((resolve, reject) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", reject);
    });
    this.#cancelTimer();
    this.#signal("SIGKILL");
    return end;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone.
    }
  }
}

const SOURCE_ENTRY = fileURLToPath(new URL("./run-process-entry.ts", import.meta.url));
const ENTRY = existsSync(SOURCE_ENTRY) ? SOURCE_ENTRY : SOURCE_ENTRY.replace(/\.ts$/, ".js");

function nodeOptions(): string[] {
  const own = inheritedNodeOptions(process.execArgv);
  const readsSources = ENTRY.endsWith(".ts") && !own.some((option) => option.includes("conditions"));
  return readsSources ? [...own, "--conditions=source"] : own;
}
