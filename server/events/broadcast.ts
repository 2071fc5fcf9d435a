/**
 * Hands what was stored to those who listen in this process: `/events/out`, `/logs/out`, and whoever waits inside.
 *
 * A subscriber has a bounded buffer. One that does not keep up is cut off and told so, because a gap that nobody
 * mentions is worse than a connection that ends: the client reconnects and asks for what it missed.
 */
import type { WorkspaceId } from "@sluice/schemas";
import type { StoredEvent } from "../store/events.ts";
import type { Log } from "../store/logs.ts";

export interface BroadcastItem {
  readonly workspace_id: WorkspaceId;
}

export interface BroadcastOptions<Item> {
  /** How many items may wait for one subscriber. Default 10,000. */
  readonly bufferItems?: number;
  /** How many bytes, by `bytesOf`, may wait for one subscriber. Default 32 MiB. */
  readonly bufferBytes?: number;
  /** About what an item weighs in memory. Asked once for an item that somebody wants. */
  readonly bytesOf: (item: Item) => number;
}

/** What an item weighs beside its free-form part. */
const ITEM_BYTES = 1000;
const DEFAULT_BUFFER_ITEMS = 10_000;
const DEFAULT_BUFFER_BYTES = 32 * 1024 * 1024;

export interface Subscription<Item> extends AsyncDisposable {
  /**
   * The items since the last call, in the order of publication; waits for at least one. Null when the subscription has
   * ended: closed, or `isOverrun`, after the items that fitted were handed out.
   */
  next(): Promise<readonly Item[] | null>;
  /** True once items had to be left out because the buffer was full. */
  readonly isOverrun: boolean;
  close(): void;
}

export class Broadcast<Item extends BroadcastItem> {
  readonly #subscribers = new Set<Subscriber<Item>>();
  readonly #bounds: Bounds;
  readonly #bytesOf: (item: Item) => number;

  constructor({
    bufferItems = DEFAULT_BUFFER_ITEMS,
    bufferBytes = DEFAULT_BUFFER_BYTES,
    bytesOf,
  }: BroadcastOptions<Item>) {
    this.#bounds = { items: bufferItems, bytes: bufferBytes };
    this.#bytesOf = bytesOf;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  /** The workspaces that somebody listens to. */
  get workspaces(): ReadonlySet<WorkspaceId> {
    return new Set([...this.#subscribers].map((subscriber) => subscriber.workspaceId));
  }

  /** Gives each item to every subscriber of its workspace whose predicate holds. Never waits, never throws. */
  publish(items: readonly Item[]): void {
    for (const item of items) {
      let bytes: number | null = null;
      for (const subscriber of this.#subscribers) {
        if (!subscriber.wants(item)) continue;
        bytes ??= this.#bytesOf(item);
        subscriber.put(item, bytes);
      }
    }
  }

  /** Starts to listen now: whatever is published after this call returns reaches the subscription. */
  subscribe(workspaceId: WorkspaceId, matches: (item: Item) => boolean): Subscription<Item> {
    const subscriber = new Subscriber<Item>(workspaceId, matches, this.#bounds, () =>
      this.#subscribers.delete(subscriber),
    );
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /** Ends every subscription. */
  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
  }
}

/** For events; most of an event's weight is its payload. */
export function eventBroadcast(options: Partial<BroadcastOptions<StoredEvent>> = {}): Broadcast<StoredEvent> {
  return new Broadcast({ bytesOf: ({ payload }) => ITEM_BYTES + JSON.stringify(payload).length, ...options });
}

/** For log lines. */
export function logBroadcast(options: Partial<BroadcastOptions<Log>> = {}): Broadcast<Log> {
  return new Broadcast({ bytesOf: ({ message }) => ITEM_BYTES + message.length, ...options });
}

interface Bounds {
  readonly items: number;
  readonly bytes: number;
}

class Subscriber<Item extends BroadcastItem> implements Subscription<Item> {
  readonly workspaceId: WorkspaceId;
  readonly #matches: (item: Item) => boolean;
  readonly #bounds: Bounds;
  readonly #leave: () => void;
  #buffer: Item[] = [];
  #bytes = 0;
  #isOverrun = false;
  #hasEnded = false;
  #wake: (() => void) | null = null;

  constructor(workspaceId: WorkspaceId, matches: (item: Item) => boolean, bounds: Bounds, leave: () => void) {
    this.workspaceId = workspaceId;
    this.#matches = matches;
    this.#bounds = bounds;
    this.#leave = leave;
  }

  get isOverrun(): boolean {
    return this.#isOverrun;
  }

  wants(item: Item): boolean {
    return item.workspace_id === this.workspaceId && this.#matches(item);
  }

  put(item: Item, bytes: number): void {
    if (this.#hasEnded) return;
    if (this.#buffer.length >= this.#bounds.items || this.#bytes + bytes > this.#bounds.bytes) {
      this.#isOverrun = true;
      this.close();
      return;
    }
    this.#buffer.push(item);
    this.#bytes += bytes;
    this.#wake?.();
  }

  async next(): Promise<readonly Item[] | null> {
    if (this.#buffer.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
    if (this.#buffer.length === 0) return null;
    const items = this.#buffer;
    this.#buffer = [];
    this.#bytes = 0;
    return items;
  }

  close(): void {
    this.#hasEnded = true;
    this.#leave();
    this.#wake?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
