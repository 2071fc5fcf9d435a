/** One server process: the real command layer over a store that stops at gates. Its memory dies with it. */
import type { Timestamp } from "@sluice/schemas";
import type { CommandContext } from "../../server/commands/context.ts";
import { RunWriter } from "../../server/commands/run-writer.ts";
import { SecretBox } from "../../server/commands/secret-box.ts";
import type { Store } from "../../server/store/store.ts";
import type { GateOwner } from "./scheduler.ts";

/** The client's connection broke: the answer is lost, and with it the knowledge whether anything was done. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
}

export interface ProcessParts {
  readonly storeFor: (owner: GateOwner) => Store;
  readonly now: () => Timestamp;
  readonly random: () => number;
}

export class ServerProcess implements GateOwner {
  readonly context: CommandContext;
  isDead = false;
  readonly #death = Promise.withResolvers<never>();

  constructor({ storeFor, now, random }: ProcessParts) {
    const store = storeFor(this);
    const secrets = () => Promise.resolve(new SecretBox("a key for tests alone"));
    this.context = { store, now, random, secrets, runs: new RunWriter({ store, now, random }) };
    // Nobody may be listening when the process dies.
    this.#death.promise.catch(() => undefined);
  }

  /** What the command answers, unless the process dies first. @throws AnswerLost */
  async call<Answer>(command: (context: CommandContext) => Promise<Answer>): Promise<Answer> {
    if (this.isDead) throw new AnswerLost("The process is dead.");
    return await Promise.race([command(this.context), this.#death.promise]);
  }

  kill(): void {
    this.isDead = true;
    this.#death.reject(new AnswerLost("The process was killed."));
  }
}
