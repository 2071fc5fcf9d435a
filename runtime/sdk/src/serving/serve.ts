/** Serving deployments: this process starts their runs, each in a process of its own (protocol section 2.1 C). */
import { connect } from "../connection.ts";
import { callAfter } from "../clock.ts";
import type { Deployment } from "../deployments/deployment.ts";
import { DefinitionError, describeError } from "../errors.ts";
import { flushTerminal, writeTerminalLine } from "../logging/terminal.ts";
import { isImportingDefinitions } from "../module-import.ts";
import type { Transport } from "../transport/transport.ts";
import { Runner } from "./runner.ts";

export interface ServeOptions {
  /** How many runs go on at once in this program. Default: as many as there are. */
  limit?: number;
  /** Whether the deployments are paused when this program ends, so that nobody waits for runs. Default true. */
  pauseOnShutdown?: boolean;
  /** Seconds between looks for runs where the server can't send a wake-up. Default 10; embedded 0.5. */
  pollIntervalSeconds?: number;
  /** Seconds that a run's code has to end by itself, when it is cancelled or this program ends. Default 30. */
  graceSeconds?: number;
  /** Ends serving, as SIGTERM and SIGINT do. */
  signal?: AbortSignal;
  /** Whether to say what is served. Default true. */
  printStartingMessage?: boolean;
}

const POLL_SECONDS = 10;
/** The server is in this process, so that a look costs little and nobody sends wake-ups. */
const EMBEDDED_POLL_SECONDS = 0.5;
const GRACE_SECONDS = 30;

type AnyDeployment = Deployment<never>;

/**
 * Makes the deployments and runs them here until the process gets SIGTERM or SIGINT: then no more runs are taken, the
 * deployments are paused, and runs under way have the grace period to end. A second signal ends them at once.
 *
 * ```ts
 * if (import.meta.main) {
 *   await serve(fetchFacts.toDeployment({ name: "hourly", cron: "0 * * * *" }), report.toDeployment({ name: "daily" }), { limit: 4 });
 * }
 * ```
 * @throws DefinitionError without deployments, and what {@link Deployment.apply} throws
 */
export async function serve(
  ...args: readonly [...deployments: AnyDeployment[], last: AnyDeployment | ServeOptions]
): Promise<void> {
  const last = args.at(-1);
  const options = isDeployment(last) ? {} : (last ?? {});
  const deployments = args.filter(isDeployment);
  if (deployments.length === 0)
    throw new DefinitionError("serve() needs a deployment: flow.toDeployment({ name }).");
  if (isImportingDefinitions()) {
    writeTerminalLine(
      "serve() does nothing while the process of a run imports its module. Guard it: if (import.meta.main) { … }",
    );
    return;
  }
  await new Serving(deployments, options).run();
}

/** The options of serving among those of a deployment. */
export function serveOptionsOf(options: ServeOptions): ServeOptions {
  const { limit, pauseOnShutdown, pollIntervalSeconds, graceSeconds, signal, printStartingMessage } = options;
  const all = { limit, pauseOnShutdown, pollIntervalSeconds, graceSeconds, signal, printStartingMessage };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function isDeployment(value: unknown): value is AnyDeployment {
  return typeof value === "object" && value !== null && "apply" in value;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

class Serving {
  readonly #deployments: readonly AnyDeployment[];
  readonly #options: ServeOptions;
  readonly #stopping = new AbortController();
  #runner: Runner | null = null;

  constructor(deployments: readonly AnyDeployment[], options: ServeOptions) {
    this.#deployments = deployments;
    this.#options = options;
  }

  async run(): Promise<void> {
    const transport = await connect();
    const ids = new Map<string, string>();
    for (const deployment of this.#deployments) ids.set(await deployment.apply(), deployment.fullName);
    if (this.#options.printStartingMessage !== false) announce(ids.values());
    const isEmbedded = transport.target.kind === "embedded";
    this.#runner = new Runner({
      transport,
      deployments: ids,
      limit: this.#options.limit ?? Number.POSITIVE_INFINITY,
      pollIntervalSeconds:
        this.#options.pollIntervalSeconds ?? (isEmbedded ? EMBEDDED_POLL_SECONDS : POLL_SECONDS),
      graceSeconds: this.#graceSeconds,
    });
    const stopListening = this.#listen();
    try {
      await this.#runner.run(this.#stopping.signal);
      await this.#shutDown(transport, this.#runner, ids);
    } finally {
      stopListening();
      flushTerminal();
    }
  }

  get #graceSeconds(): number {
    return this.#options.graceSeconds ?? GRACE_SECONDS;
  }

  #listen(): () => void {
    const onSignal = () => {
      if (this.#stopping.signal.aborted) this.#runner?.terminate();
      else this.#stopping.abort();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
    this.#options.signal?.addEventListener("abort", onSignal, { once: true });
    if (this.#options.signal?.aborted) onSignal();
    return () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      this.#options.signal?.removeEventListener("abort", onSignal);
    };
  }

  async #shutDown(transport: Transport, runner: Runner, ids: ReadonlyMap<string, string>): Promise<void> {
    if (this.#options.pauseOnShutdown !== false) await pause(transport, ids);
    const seconds = this.#graceSeconds;
    if (runner.size > 0) {
      writeTerminalLine(
        `Waiting up to ${seconds} s for ${runner.size} flow run(s) to end. Once more ends them now.`,
      );
    }
    const cancelTimer = callAfter(seconds, () => runner.terminate());
    await runner.settled();
    cancelTimer();
  }
}

async function pause(transport: Transport, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const [id, name] of ids) {
    try {
      await transport.deployments.update(id, { paused: true });
    } catch (error) {
      writeTerminalLine(`Deployment '${name}' could not be paused: ${describeError(error)}`);
    }
  }
}

function announce(names: Iterable<string>): void {
  for (const name of names) writeTerminalLine(`Serving '${name}'`);
  flushTerminal();
}
