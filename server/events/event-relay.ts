/**
 * Tells the other processes on the same database which events were stored here, and hands what they tell to the
 * listeners of this one, so that a subscriber hears of every event whichever process took it in.
 *
 * Messages carry ids only; the listening process reads the events. After an interruption it looks for what it missed,
 * and may then pass an event on a second time; clients tell events apart by their ids.
 */
import { addSeconds, type EventId, newRandomId, type Timestamp, type WorkspaceId } from "@sluice/schemas";
import type { EventFilter, StoredEvent } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import type { Broadcast } from "./broadcast.ts";
import type { EventLog } from "./event-log.ts";
import { RecentIds } from "./recent-ids.ts";
import { storedEventsAscending } from "./stored-events.ts";

export interface EventRelayDependencies {
  readonly store: Store;
  readonly broadcast: Pick<Broadcast<StoredEvent>, "publish" | "subscriberCount" | "workspaces">;
  readonly log: EventLog;
  readonly now: () => Timestamp;
}

const CHANNEL = "sluice_events";
/** 100 ids of 36 characters and their commas stay well below what one signal carries. */
const IDS_PER_MESSAGE = 100;
/** How far before an interruption to look: messages are sent a moment after the commit. */
const CATCH_UP_SLACK_SECONDS = 60;

interface RelayMessage {
  readonly from: string;
  readonly workspace_id: WorkspaceId;
  readonly ids: readonly EventId[];
}

export class EventRelay {
  readonly #dependencies: EventRelayDependencies;
  readonly #self: string = newRandomId<"process">();
  readonly #heard = new RecentIds<EventId>();
  #stop: (() => Promise<void>) | null = null;
  #lastHeard: Timestamp;

  constructor(dependencies: EventRelayDependencies) {
    this.#dependencies = dependencies;
    this.#lastHeard = dependencies.now();
  }

  async start(): Promise<void> {
    this.#stop = await this.#dependencies.store.signals.listen(
      CHANNEL,
      (message) => this.#guard(this.#onMessage(message)),
      () => this.#guard(this.#catchUp()),
    );
  }

  async close(): Promise<void> {
    await this.#stop?.();
    this.#stop = null;
  }

  /** Tells the others. Returns at once; a message that gets lost is made up for when they notice. */
  tell(events: readonly StoredEvent[]): void {
    if (this.#stop === null) return;
    for (const { id } of events) this.#heard.add(id);
    for (const [workspaceId, ids] of idsByWorkspace(events)) {
      for (let start = 0; start < ids.length; start += IDS_PER_MESSAGE) {
        const message: RelayMessage = {
          from: this.#self,
          workspace_id: workspaceId,
          ids: ids.slice(start, start + IDS_PER_MESSAGE),
        };
        void this.#dependencies.store.signals.send(CHANNEL, JSON.stringify(message));
      }
    }
  }

  async #onMessage(text: string): Promise<void> {
    const { now, store, broadcast } = this.#dependencies;
    this.#lastHeard = now();
    if (broadcast.subscriberCount === 0) return;
    // Sent by `tell` of a process of the same release.
    const message = JSON.parse(text) as RelayMessage;
    if (message.from === this.#self) return;
    const events = await store.reads.events.list(message.workspace_id, {
      filter: everything({ id: { id: [...message.ids] } }),
      limit: message.ids.length,
      offset: 0,
    });
    this.#publishNew(events);
  }

  async #catchUp(): Promise<void> {
    const { now, store, broadcast } = this.#dependencies;
    const since = addSeconds(this.#lastHeard, -CATCH_UP_SLACK_SECONDS);
    this.#lastHeard = now();
    for (const workspaceId of broadcast.workspaces) {
      const missed = storedEventsAscending(
        store.reads.events,
        workspaceId,
        everything({ occurred: { since, until: FAR } }),
      );
      for await (const event of missed) this.#publishNew([event]);
    }
  }

  #publishNew(events: readonly StoredEvent[]): void {
    const unheard = events.filter(({ id }) => !this.#heard.has(id));
    for (const { id } of unheard) this.#heard.add(id);
    this.#dependencies.broadcast.publish(unheard);
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#dependencies.log.warn({ err: error }, "Events of another process could not be passed on");
    });
  }
}

function idsByWorkspace(events: readonly StoredEvent[]): Map<WorkspaceId, EventId[]> {
  const ids = new Map<WorkspaceId, EventId[]>();
  for (const { workspace_id, id } of events) {
    const known = ids.get(workspace_id);
    if (known) known.push(id);
    else ids.set(workspace_id, [id]);
  }
  return ids;
}

/** Past every moment that an event can have. */
const FAR = Number.MAX_SAFE_INTEGER as Timestamp;

function everything(filter: Partial<EventFilter>): EventFilter {
  return { occurred: { since: 0 as Timestamp, until: FAR }, order: "ASC", ...filter };
}
