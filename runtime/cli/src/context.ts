/** What every command is given: where to write, the settings in force, and a client when it needs one. */
import type { Settings } from "@sluice/sdk/settings";
import type { ApiClient } from "./api-client.ts";
import { type Colors, colorsFor, type Streams } from "./streams.ts";

export interface GlobalOptions {
  /** Profile that counts instead of the active one. */
  readonly profile?: string;
  /** False: never ask, also on a terminal. */
  readonly prompt: boolean;
}

export class Context {
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  readonly #globals: () => GlobalOptions;
  readonly #closers: (() => Promise<void>)[] = [];
  #exitCode = 0;

  /** `globals` is asked late: options are parsed after commands are made. */
  constructor(streams: Streams, env: NodeJS.ProcessEnv, globals: () => GlobalOptions) {
    this.streams = streams;
    this.env = env;
    this.#globals = globals;
  }

  get globals(): GlobalOptions {
    return this.#globals();
  }

  /** Colours of what goes to stdout. */
  get colors(): Colors {
    return colorsFor(this.streams.stdout, this.env);
  }

  /** True when there is somebody to ask. */
  get isInteractive(): boolean {
    return this.globals.prompt && this.streams.stdin.isTTY === true && this.streams.stdout.isTTY === true;
  }

  /** A line of data. */
  print(line: string): void {
    this.streams.stdout.write(`${line}\n`);
  }

  /** Data for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** A line for people: what is going on, what was done. */
  say(line: string): void {
    this.streams.stderr.write(`${line}\n`);
  }

  /** Makes the exit code 1, when the answer itself is a "no". */
  fail(): void {
    this.#exitCode = 1;
  }

  get exitCode(): number {
    return this.#exitCode;
  }

  /** @throws SettingsError */
  async settings(): Promise<Settings> {
    const { resolveSettings } = await import("@sluice/sdk/settings");
    return resolveSettings(this.settingsSources());
  }

  settingsSources(): { env: NodeJS.ProcessEnv; profile?: string } {
    const { profile } = this.globals;
    return { env: this.env, ...(profile === undefined ? {} : { profile }) };
  }

  /** A client of the server that the settings name. It is closed when the command ends. */
  async client(): Promise<ApiClient> {
    const { openApiClient } = await import("./api-client.ts");
    const opened = await openApiClient(await this.settings());
    this.#closers.push(opened.close);
    return opened.client;
  }

  /** Lets go of everything that the command has opened. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }
}
