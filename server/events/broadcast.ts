/**
 * Hands what was stored to those who listen in this process: `/events/out`, `/logs/out`, and whoever waits inside.
 *
 * A subscriber has a bounded buffer. One that does not keep up is cut off and told so, because a gap that nobody
 * mentions is worse than a connection that ends: the client reconnects and asks for what it missed.
 */
import type { WorkspaceId } from "@sluice/schemas";

export interface BroadcastItem {
  readonly workspace_id: WorkspaceId;
}

/** How many items may wait for one subscriber. */
export const SUBSCRIBER_BUFFER = 10_000;

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
  readonly #bufferSize: number;

  constructor(bufferSize = SUBSCRIBER_BUFFER) {
    this.#bufferSize = bufferSize;
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
    for (const subscriber of this.#subscribers) subscriber.offer(items);
  }

  /** Starts to listen now: whatever is published after this call returns reaches the subscription. */
  subscribe(workspaceId: WorkspaceId, matches: (item: Item) => boolean): Subscription<Item> {
    const subscriber = new Subscriber<Item>(workspaceId, matches, this.#bufferSize, () =>
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

class Subscriber<Item extends BroadcastItem> implements Subscription<Item> {
  readonly workspaceId: WorkspaceId;
  readonly #matches: (item: Item) => boolean;
  readonly #bufferSize: number;
  readonly #leave: () => void;
  #buffer: Item[] = [];
  #isOverrun = false;
  #hasEnded = false;
  #wake: (() => void) | null = null;

  constructor(
    workspaceId: WorkspaceId,
    matches: (item: Item) => boolean,
    bufferSize: number,
    leave: () => void,
  ) {
    this.workspaceId = workspaceId;
    this.#matches = matches;
    this.#bufferSize = bufferSize;
    this.#leave = leave;
  }

  get isOverrun(): boolean {
    return this.#isOverrun;
  }

  offer(items: readonly Item[]): void {
    for (const item of items) {
      if (item.workspace_id !== this.workspaceId || !this.#matches(item)) continue;
      if (this.#buffer.length >= this.#bufferSize) {
        this.#isOverrun = true;
        this.close();
        return;
      }
      this.#buffer.push(item);
    }
    if (this.#buffer.length > 0) this.#wake?.();
  }

  async next(): Promise<readonly Item[] | null> {
    if (this.#buffer.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
    if (this.#buffer.length === 0) return null;
    const items = this.#buffer;
    this.#buffer = [];
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
