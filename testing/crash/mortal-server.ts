/** A server that is killed and started again on the same database; clients ask it where it is now. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "../servers/processes.ts";
import { startSluiceServer } from "../servers/sluice-server.ts";

const GONE_DEADLINE_MS = 10_000;
const GONE_POLL_MS = 5;

export class MortalServer implements AsyncDisposable {
  readonly #database: string;
  readonly #home: string;
  #process: ServerProcess;

  static async start(database: string, home: string): Promise<MortalServer> {
    return new MortalServer(database, home, await startSluiceServer({ database, home }));
  }

  private constructor(database: string, home: string, process: ServerProcess) {
    this.#database = database;
    this.#home = home;
    this.#process = process;
  }

  /** The API's root at present; nobody may answer there. */
  get url(): string {
    return this.#process.url;
  }

  /** SIGKILL, and not back before {@link restart}. */
  async kill(): Promise<void> {
    const { pid } = this.#process;
    process.kill(-pid, "SIGKILL");
    const deadline = performance.now() + GONE_DEADLINE_MS;
    while (isAlive(pid)) {
      if (performance.now() > deadline) throw new Error(`Process ${pid} outlived SIGKILL.`);
      await sleep(GONE_POLL_MS);
    }
  }

  async restart(): Promise<void> {
    this.#process = await startSluiceServer({ database: this.#database, home: this.#home });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

/** A killed child answers to signals until its parent has been told of its end. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
