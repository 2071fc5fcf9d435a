/**
 * Keeps a link to the server: opens it when it is needed, notices when it is gone, and tries again at growing intervals
 * while the server is away.
 */
import type { Link, LinkLoss, OpenLink } from "./link.ts";

export interface LinkKeeperEvents<Item> {
  /** A link is open. */
  onOpen(link: Link<Item>): void;
  /** The first `total` records sent over the present link have arrived. */
  onConfirmed(total: number): void;
  /** The link is gone, and no other has been tried yet. */
  onLost(loss: LinkLoss): void;
  /** A link could not be opened. */
  onUnreachable(error: Error): void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

export class LinkKeeper<Item> {
  readonly #openLink: OpenLink<Item>;
  readonly #events: LinkKeeperEvents<Item>;
  #link: Link<Item> | null = null;
  #isConnecting = false;
  #isClosed = false;
  /** Tries to connect that failed in a row. */
  #failures = 0;
  /** Links in a row that were lost before anything sent over them was confirmed. */
  #barrenLinks = 0;
  #retryTimer: NodeJS.Timeout | null = null;

  constructor(openLink: OpenLink<Item>, events: LinkKeeperEvents<Item>) {
    this.#openLink = openLink;
    this.#events = events;
  }

  /** The open link, if there is one. */
  get link(): Link<Item> | null {
    return this.#link;
  }

  get isConnecting(): boolean {
    return this.#isConnecting;
  }

  /** The server can't be reached, or takes nothing. */
  get isAway(): boolean {
    return this.#failures > 0 || this.#barrenLinks > 1;
  }

  /** Something sent over the present link has arrived. */
  noteConfirmation(): void {
    this.#barrenLinks = 0;
  }

  /** Nothing of what was sent over the last link has arrived. */
  noteBarrenLink(): void {
    this.#barrenLinks += 1;
  }

  /** Opens a link unless there is one, or one is being opened. */
  connect(): void {
    if (this.#isConnecting || this.#link || this.#isClosed) return;
    this.#stopRetry();
    this.#isConnecting = true;
    void this.#open();
  }

  /** Connects after a while, which grows with the number of failures. */
  retryLater(): void {
    if (this.#retryTimer || this.#isClosed) return;
    const failures = Math.max(this.#failures, this.#barrenLinks, 1);
    const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    this.#retryTimer = setTimeout(
      () => {
        this.#retryTimer = null;
        this.connect();
      },
      delay * (0.8 + 0.4 * Math.random()),
    ).unref();
  }

  /** Closes the open link without calling that a loss. */
  drop(): void {
    const link = this.#link;
    this.#link = null;
    link?.close();
  }

  /** No link is opened any more. */
  close(): void {
    this.#isClosed = true;
    this.#stopRetry();
    this.drop();
  }

  async #open(): Promise<void> {
    let link: Link<Item> | null = null;
    let lost: LinkLoss | null = null;
    const isPresent = () => link !== null && this.#link === link;
    try {
      link = await this.#openLink({
        onConfirmed: (total) => {
          if (isPresent()) this.#events.onConfirmed(total);
        },
        onLost: (loss) => {
          lost = loss;
          if (!isPresent()) return;
          this.#link = null;
          this.#events.onLost(loss);
        },
      });
    } catch (error) {
      this.#isConnecting = false;
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#isConnecting = false;
    const early = lost as LinkLoss | null; // set by a callback, which the compiler doesn't see
    if (this.#isClosed) return link.close();
    if (early) return this.#fail(early.error);
    this.#failures = 0;
    this.#link = link;
    this.#events.onOpen(link);
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#failures += 1;
    this.#events.onUnreachable(error);
  }

  #stopRetry(): void {
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }
}
