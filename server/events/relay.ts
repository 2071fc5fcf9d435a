/**
 * Tells the other processes on the same database what was stored here, and hands what they tell to the listeners of
 * this one, so that a subscriber hears of everything whichever process took it in.
 *
 * 1. Messages carry ids only; the listening process reads the items.
 * 2. Messages are sent and read one after the other, so that what one process stored is passed on in its order.
 * 3. After an interruption the relay looks for what it missed, where its kind of item can be looked for; it may then
 *    pass an item on a second time. Clients tell items apart by their ids.
 */
import {
  addSeconds,
  type EventId,
  type LogId,
  newRandomId,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { EventFilter, StoredEvent } from "../store/events.ts";
import type { Log } from "../store/logs.ts";
import { NO_SIGNALS } from "../store/signals.ts";
import type { Store } from "../store/store.ts";
import type { Broadcast, BroadcastItem } from "./broadcast.ts";
import type { EventLog } from "./event-log.ts";
import { RecentIds } from "./recent-ids.ts";
import { storedEventsAscending } from "./stored-events.ts";

interface RelayedItem extends BroadcastItem {
  readonly id: string;
}

export interface RelayDependencies<Item extends RelayedItem> {
  readonly store: Store;
  readonly broadcast: Pick<Broadcast<Item>, "publish" | "subscriberCount" | "workspaces">;
  readonly log: EventLog;
  readonly now: () => Timestamp;
}

/** What a relay has to know about the items it passes on. */
export interface RelayKind<Item extends RelayedItem> {
  readonly channel: string;
  read(store: Store, workspaceId: WorkspaceId, ids: readonly Item["id"][]): Promise<readonly Item[]>;
  /** What was stored since a moment. Absent: what was missed stays missed. */
  readonly storedSince?: (store: Store, workspaceId: WorkspaceId, since: Timestamp) => AsyncIterable<Item>;
}

export function eventRelay(dependencies: RelayDependencies<StoredEvent>): Relay<StoredEvent> {
  return new Relay(EVENTS, dependencies);
}

export function logRelay(dependencies: RelayDependencies<Log>): Relay<Log> {
  return new Relay(LOGS, dependencies);
}

/** Past every moment that an event can have. */
const FAR = Number.MAX_SAFE_INTEGER as Timestamp;

const EVENTS: RelayKind<StoredEvent> = {
  channel: "sluice_events",
  async read({ reads }, workspaceId, ids: readonly EventId[]) {
    const found = await reads.events.list(workspaceId, {
      filter: everything({ id: { id: [...ids] } }),
      limit: ids.length,
      offset: 0,
    });
    return inOrderOf(ids, found);
  },
  storedSince: ({ reads }, workspaceId, since) =>
    storedEventsAscending(reads.events, workspaceId, everything({ occurred: { since, until: FAR } })),
};

const LOGS: RelayKind<Log> = {
  channel: "sluice_logs",
  async read({ reads }, workspaceId, ids: readonly LogId[]) {
    return inOrderOf(ids, await reads.logs.readMany(workspaceId, ids));
  },
};

/** 100 ids of 36 characters with quotes and commas stay well below what one signal carries. */
const IDS_PER_MESSAGE = 100;
/** How far before an interruption to look: messages are sent a moment after the commit. */
const CATCH_UP_SLACK_SECONDS = 60;

interface RelayMessage {
  readonly from: string;
  readonly workspace_id: WorkspaceId;
  readonly ids: readonly string[];
}

export class Relay<Item extends RelayedItem> {
  readonly #kind: RelayKind<Item>;
  readonly #dependencies: RelayDependencies<Item>;
  readonly #self: string = newRandomId<"process">();
  readonly #heard = new RecentIds<Item["id"]>();
  #stop: (() => Promise<void>) | null = null;
  #lastHeard: Timestamp;
  #outgoing: Item[] = [];
  #isSending = false;
  #receiving: Promise<void> = Promise.resolve();

  constructor(kind: RelayKind<Item>, dependencies: RelayDependencies<Item>) {
    this.#kind = kind;
    this.#dependencies = dependencies;
    this.#lastHeard = dependencies.now();
  }

  /** Starts to listen; does nothing on a database that only this process uses. */
  async start(): Promise<void> {
    const { signals } = this.#dependencies.store;
    if (signals === NO_SIGNALS) return;
    this.#stop = await signals.listen(
      this.#kind.channel,
      (message) => this.#inTurn(() => this.#onMessage(message)),
      () => this.#inTurn(() => this.#catchUp()),
    );
  }

  async close(): Promise<void> {
    await this.#stop?.();
    this.#stop = null;
    await this.#receiving;
  }

  /** Tells the others, after the commit. Returns at once. */
  tell(items: readonly Item[]): void {
    if (this.#stop === null) return;
    for (const item of items) {
      this.#heard.add(item.id);
      this.#outgoing.push(item);
    }
    if (!this.#isSending) void this.#send();
  }

  /** Never rejects: sending doesn't. */
  async #send(): Promise<void> {
    this.#isSending = true;
    while (this.#outgoing.length > 0) {
      const first = this.#outgoing[0];
      const workspaceId = first?.workspace_id;
      const otherAt = this.#outgoing.findIndex((item) => item.workspace_id !== workspaceId);
      const count = Math.min(otherAt < 0 ? this.#outgoing.length : otherAt, IDS_PER_MESSAGE);
      const ids = this.#outgoing.splice(0, count).map(({ id }) => id);
      const message = JSON.stringify({ from: this.#self, workspace_id: workspaceId, ids });
      await this.#dependencies.store.signals.send(this.#kind.channel, message);
    }
    this.#isSending = false;
  }

  async #onMessage(text: string): Promise<void> {
    const { now, store, broadcast } = this.#dependencies;
    this.#lastHeard = now();
    if (broadcast.subscriberCount === 0) return;
    // Sent by a relay like this one.
    const message = JSON.parse(text) as RelayMessage;
    if (message.from === this.#self) return;
    this.#publishNew(await this.#kind.read(store, message.workspace_id, message.ids));
  }

  async #catchUp(): Promise<void> {
    const { now, store, broadcast } = this.#dependencies;
    const since = addSeconds(this.#lastHeard, -CATCH_UP_SLACK_SECONDS);
    this.#lastHeard = now();
    for (const workspaceId of broadcast.workspaces) {
      const missed = this.#kind.storedSince?.(store, workspaceId, since) ?? [];
      for await (const item of missed) this.#publishNew([item]);
    }
  }

  #publishNew(items: readonly Item[]): void {
    const unheard = items.filter(({ id }) => !this.#heard.has(id));
    for (const { id } of unheard) this.#heard.add(id);
    this.#dependencies.broadcast.publish(unheard);
  }

  #inTurn(work: () => Promise<void>): void {
    this.#receiving = this.#receiving.then(work).catch((error: unknown) => {
      this.#dependencies.log.warn({ err: error }, "What another process stored could not be passed on");
    });
  }
}

function inOrderOf<Item extends RelayedItem>(ids: readonly string[], items: readonly Item[]): Item[] {
  const byId = new Map<string, Item>(items.map((item) => [item.id, item]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function everything(filter: Partial<EventFilter>): EventFilter {
  return { occurred: { since: 0 as Timestamp, until: FAR }, order: "ASC", ...filter };
}
