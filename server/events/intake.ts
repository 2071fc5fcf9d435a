/**
 * Where requests bring what they have in bulk: it is kept once the promise resolves, and handed to those who listen.
 */
import {
  type EventInput,
  type LogCreate,
  MAXIMUM_EVENT_BYTES,
  newId,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import { acceptEvents, EventTooLargeError } from "./accept.ts";
import type { EventIngest } from "./event-ingest.ts";
import type { LogIngest } from "./log-ingest.ts";
import { receivedEvent } from "./receive-event.ts";
import { storableJson, storableText } from "./storable-text.ts";

export interface IntakeDependencies {
  readonly events: EventIngest;
  readonly logs: LogIngest;
  readonly now: () => Timestamp;
}

interface Sender {
  readonly workspace_id: WorkspaceId;
}

/** What a log line weighs beside its texts. */
const LOG_OVERHEAD_BYTES = 200;

export class Intake {
  readonly #dependencies: IntakeDependencies;

  constructor(dependencies: IntakeDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws EventTooLargeError, and then none of the events is kept; OverloadedError */
  async addEvents({ workspace_id }: Sender, inputs: readonly EventInput[]): Promise<void> {
    const received = this.#dependencies.now();
    let bytes = 0;
    const events = inputs.map((input, index) => {
      const source = JSON.stringify(input);
      if (source.length > MAXIMUM_EVENT_BYTES) {
        throw new EventTooLargeError(
          `Event ${index} (${input.id}) has ${source.length} bytes; at most ${MAXIMUM_EVENT_BYTES} are allowed`,
        );
      }
      bytes += source.length;
      return receivedEvent(storableJson(input, source), workspace_id, received);
    });
    await acceptEvents(this.#dependencies.events, events, bytes);
  }

  /** @throws OverloadedError */
  async addLogs({ workspace_id }: Sender, inputs: readonly LogCreate[]): Promise<void> {
    const created = this.#dependencies.now();
    let bytes = 0;
    const logs = inputs.map((input) => {
      bytes += input.message.length + LOG_OVERHEAD_BYTES;
      return {
        ...input,
        id: input.id ?? newId<"log">(),
        workspace_id,
        created,
        name: storableText(input.name),
        message: storableText(input.message),
      };
    });
    await this.#dependencies.logs.store(logs, bytes);
  }
}
