/**
 * Brings records (events or log lines) to a server, in order, without ever making the caller wait.
 *
 * Who owns what: `pending` is in memory and unsent; `inFlight` is sent and not confirmed; the spool is on disk.
 *
 * 1. Records arrive in the order in which they were handed over: those in flight before those pending before those on
 *    disk.
 * 2. A record leaves memory only when it is confirmed or on disk, and leaves the disk only when it is confirmed.
 * 3. Memory is bounded: past the bound new records go to disk, until everything on disk has been read back.
 * 4. While the server is away everything is on disk, so that nothing depends on this process living on.
 * 5. After a reconnection what is in flight is sent again; the server knows events by id.
 */
import { type Batch, InFlight } from "./in-flight.ts";
import type { Link, LinkLoss, OpenLink } from "./link.ts";
import { LinkKeeper } from "./link-keeper.ts";
import { MemoryQueue } from "./memory-queue.ts";
import type { Spool, SpoolChannel } from "./spool/spool.ts";
import type { SpoolQueue } from "./spool/spool-queue.ts";

/** How records look on disk, and how large they are. */
export interface RecordFormat<Item> {
  /** One line of text. */
  encode(item: Item): string;
  decode(text: string): Item;
  /** About how many characters. */
  lengthOf(item: Item): number;
}

export interface ShipperOptions<Item> {
  readonly channel: SpoolChannel;
  readonly format: RecordFormat<Item>;
  readonly openLink: OpenLink<Item>;
  readonly spool: Spool;
  /** Tells people about a problem. */
  readonly report: (problem: string) => void;
  /** How long records may wait for company before they are sent. */
  readonly lingerMs: number;
  /** Most records in one batch, and about the most characters. */
  readonly batchRecords: number;
  readonly batchLength: number;
  /** Most batches that are sent and not confirmed. */
  readonly batchesInFlight: number;
  /** Bounds of what is in memory and not sent. Default 50 000 records and 32 Mi characters. */
  readonly maxPendingRecords?: number;
  readonly maxPendingLength?: number;
  /** Called each time a link is open. */
  readonly onConnected?: () => void;
}

const MAX_PENDING_RECORDS = 50_000;
const MAX_PENDING_LENGTH = 32 * 1024 * 1024;
/** Records sent before confirmation is asked for without need. */
const CHECKPOINT_RECORDS = 700;
/** When nothing more is sent, confirmation is asked for after this long. */
const CHECKPOINT_IDLE_MS = 100;
/** Records on their way to disk are written at once when there are so many, or after a moment. */
const SPOOL_WRITE_RECORDS = 500;
const SPOOL_WRITE_MS = 20;

type TimerName = "linger" | "spool" | "checkpoint";

export class Shipper<Item> {
  readonly #options: ShipperOptions<Item>;
  readonly #pending: MemoryQueue<Item>;
  readonly #inFlight = new InFlight<Item>();
  readonly #keeper: LinkKeeper<Item>;
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();
  readonly #flushes = new Set<() => void>();
  /** Queues that ended processes have left. */
  #adopted: { queue: SpoolQueue; done: () => void }[] = [];
  /** Records on their way to disk. */
  #toSpool: string[] = [];
  /** New records go to disk, because older ones are there. */
  #spooling = false;
  #isClosed = false;
  /** Records sent over the present link when confirmation was last asked for. */
  #checkpointedAt = 0;
  /** One record at a time, to find the one on which the server hangs up. */
  #careful = false;
  /** Own records handed over, and those that arrived or were given up. */
  #accepted = 0;
  #settled = 0;
  #told = { away: false, disk: false, dropped: false };

  constructor(options: ShipperOptions<Item>) {
    this.#options = options;
    this.#pending = new MemoryQueue(
      options.maxPendingRecords ?? MAX_PENDING_RECORDS,
      options.maxPendingLength ?? MAX_PENDING_LENGTH,
      (item) => options.format.lengthOf(item),
    );
    this.#keeper = new LinkKeeper(options.openLink, {
      onOpen: (link) => this.#onOpen(link),
      onConfirmed: (total) => this.#onConfirmed(total),
      onLost: (loss) => this.#onLost(loss),
      onUnreachable: (error) => this.#waitOut(error),
    });
  }

  /** True when everything handed over has arrived or was given up. */
  get isDrained(): boolean {
    return this.#settled >= this.#accepted;
  }

  /** Takes a record. Never waits, never throws. */
  accept(item: Item): void {
    this.#accepted += 1;
    if (this.#spooling || this.#isClosed) return this.#acceptToDisk(item);
    if (this.#pending.isFull) {
      if (!this.#ownQueue()) return this.#giveUp(1, "memory is full and the disk can't be used");
      this.#spooling = true;
      return this.#acceptToDisk(item);
    }
    this.#pending.push(item);
    // The handshake goes on while records gather.
    if (!this.#keeper.isAway) this.#keeper.connect();
    if (
      this.#pending.size >= this.#options.batchRecords ||
      this.#pending.length >= this.#options.batchLength
    ) {
      this.#pump();
    } else {
      this.#startTimer("linger", this.#options.lingerMs, () => this.#pump());
    }
  }

  /** Sends what an ended process has left, after this process's own records; calls `done` once it has arrived. */
  adopt(queue: SpoolQueue, done: () => void): void {
    this.#adopted.push({ queue, done });
    this.#pump();
  }

  /**
   * Resolves when everything accepted so far has arrived, or is on disk because the server is away or `timeoutMs` have
   * passed.
   */
  flush(timeoutMs: number): Promise<void> {
    const target = this.#accepted;
    if (this.#settled >= target) return Promise.resolve();
    return new Promise((resolve) => {
      let hasTried = false;
      const finish = () => {
        clearTimeout(timer);
        this.#flushes.delete(check);
        this.#keeper.link?.setKeepsAlive(this.#flushes.size > 0);
        this.#writeSpool();
        resolve();
      };
      const check = () => {
        if (this.#settled >= target || this.#isClosed) return finish();
        if (!this.#keeper.isAway || this.#keeper.isConnecting || this.#keeper.link) return;
        // One try now, since this may be the last chance of this process.
        if (hasTried) return finish();
        hasTried = true;
        this.#keeper.connect();
      };
      const timer = setTimeout(() => {
        this.secure();
        finish();
      }, timeoutMs);
      this.#flushes.add(check);
      this.#keeper.link?.setKeepsAlive(true);
      this.#pump();
      this.#checkpoint();
      check();
    });
  }

  /**
   * Moves everything that hasn't arrived from memory to disk, at once.
   * @returns false when the disk can't be used, and everything stays in memory
   */
  secure(): boolean {
    const batches = this.#inFlight.takeAll();
    for (const { queue } of this.#adopted) queue.rewind();
    const own = batches.filter((batch) => !this.#isAdopted(batch));
    const isInMemory = own.length + this.#pending.size > 0;
    // What was in flight will be handed out again: a confirmation over the old link must not count.
    if (batches.length > 0 && this.#keeper.link) {
      this.#keeper.drop();
      this.#inFlight.restart();
      this.#keeper.retryLater();
    }
    if (isInMemory && !this.#moveToDisk(own)) return false;
    this.#writeSpool();
    return true;
  }

  #moveToDisk(batches: readonly Batch<Item>[]): boolean {
    const pending = this.#pending.takeAll();
    try {
      const queue = this.#ownQueue();
      const items = [...batches.flatMap((batch) => batch.items), ...pending];
      queue?.replaceUncommitted(items.map((item) => this.#options.format.encode(item)));
      this.#spooling = queue !== null;
    } catch (error) {
      this.#reportDisk(error);
      this.#spooling = false;
    }
    if (this.#spooling) return true;
    for (const batch of batches) this.#inFlight.add(batch);
    if (pending.length > 0) this.#inFlight.add({ items: pending, source: null });
    return false;
  }

  /** Moves the rest to disk and lets go of the link and the timers. What is accepted later goes to disk. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.secure();
    for (const name of this.#timers.keys()) this.#stopTimer(name);
    this.#keeper.close();
    for (const { done } of this.#adopted) done();
    this.#adopted = [];
    this.#checkFlushes();
  }

  /** Sends as much as the window allows. */
  #pump(): void {
    this.#stopTimer("linger");
    if (this.#isClosed) return;
    if (!this.#keeper.link) {
      if (!this.#keeper.isAway) this.#keeper.connect();
      return;
    }
    const window = this.#careful ? 1 : this.#options.batchesInFlight;
    while (this.#keeper.link && this.#inFlight.sentBatches < window) {
      if (!this.#inFlight.nextUnsent()) {
        const batch = this.#nextBatch();
        if (!batch) break;
        this.#inFlight.add(batch);
      }
      const batch = this.#inFlight.nextUnsent();
      if (!batch) break;
      this.#inFlight.markSent();
      this.#keeper.link.send(batch.items);
    }
    this.#askForConfirmation();
  }

  /** The next records that were not sent yet, oldest first. */
  #nextBatch(): Batch<Item> | null {
    if (this.#pending.size > 0) {
      return { items: this.#pending.take(this.#batchRecords, this.#options.batchLength), source: null };
    }
    if (this.#spooling) {
      this.#writeSpool();
      const queue = this.#ownQueue();
      const items = this.#read(queue);
      if (items.length > 0) return { items, source: queue };
      // Everything on disk has been handed out, so new records may stay in memory again.
      this.#spooling = false;
    }
    for (const { queue } of this.#adopted) {
      const items = this.#read(queue);
      if (items.length > 0) return { items, source: queue };
    }
    this.#finishAdoptions();
    return null;
  }

  get #batchRecords(): number {
    return this.#careful ? 1 : this.#options.batchRecords;
  }

  #read(queue: SpoolQueue | null): Item[] {
    const texts = queue?.read(this.#batchRecords, this.#options.batchLength) ?? [];
    return texts.map((text) => this.#options.format.decode(text));
  }

  #askForConfirmation(): void {
    const { sentRecords, confirmedRecords } = this.#inFlight;
    if (confirmedRecords === sentRecords) return;
    const isDue = sentRecords - this.#checkpointedAt >= CHECKPOINT_RECORDS;
    if (isDue || this.#careful || this.#flushes.size > 0) this.#checkpoint();
    else this.#startTimer("checkpoint", CHECKPOINT_IDLE_MS, () => this.#checkpoint());
  }

  #checkpoint(): void {
    this.#stopTimer("checkpoint");
    if (this.#checkpointedAt === this.#inFlight.sentRecords) return;
    this.#checkpointedAt = this.#inFlight.sentRecords;
    this.#keeper.link?.checkpoint();
  }

  #onConfirmed(total: number): void {
    this.#keeper.noteConfirmation();
    if (this.#told.away) this.#options.report(`The server takes ${this.#options.channel} again.`);
    this.#told = { ...this.#told, away: false, dropped: false };
    for (const batch of this.#inFlight.confirm(total)) this.#settle(batch);
    if (this.#inFlight.isEmpty) this.#careful = false;
    this.#pump();
    this.#finishAdoptions();
    this.#checkFlushes();
  }

  #settle(batch: Batch<Item>): void {
    if (!this.#isAdopted(batch)) this.#settled += batch.items.length;
    batch.source?.commit(batch.items.length);
  }

  #onOpen(link: Link<Item>): void {
    this.#inFlight.restart();
    this.#checkpointedAt = 0;
    link.setKeepsAlive(this.#flushes.size > 0);
    this.#options.onConnected?.();
    this.#pump();
  }

  #onLost(loss: LinkLoss): void {
    this.#stopTimer("checkpoint");
    const { sentBatches, sentRecords, confirmedRecords } = this.#inFlight;
    if (loss.blamesContent && sentBatches > 0) this.#narrowDown(loss);
    else if (sentRecords > 0 && confirmedRecords === 0) this.#keeper.noteBarrenLink();
    this.#inFlight.restart();
    if (this.#keeper.isAway) return this.#waitOut(loss.error);
    // The first reconnection is tried at once: most losses are a restart or a load balancer's time limit.
    if (!this.#isIdle()) this.#keeper.connect();
    this.#checkFlushes();
  }

  /** The server hung up on something in flight: send one record at a time, then leave out the one that does it. */
  #narrowDown(loss: LinkLoss): void {
    if (!this.#careful) {
      this.#careful = true;
      this.#inFlight.split();
      return;
    }
    const culprit = this.#inFlight.removeFirst();
    if (!culprit) return;
    this.#settle(culprit);
    this.#options.report(
      `One of the ${this.#options.channel} was left out, because the server hangs up on it (${loss.error.message}): ` +
        culprit.items
          .map((item) => this.#options.format.encode(item))
          .join()
          .slice(0, 500),
    );
  }

  /** Keeps everything on disk, tells people the first time, and tries again later. */
  #waitOut(error: Error): void {
    const isKept = this.secure();
    if (!this.#told.away) {
      this.#told.away = true;
      const where = isKept ? "on disk and are sent as soon as it does" : "in memory";
      this.#options.report(
        `The server takes no ${this.#options.channel}; they are kept ${where}. ${error.message}`,
      );
    }
    this.#keeper.retryLater();
    this.#checkFlushes();
  }

  #isIdle(): boolean {
    return (
      this.#inFlight.isEmpty && this.#pending.size === 0 && !this.#spooling && this.#adopted.length === 0
    );
  }

  #acceptToDisk(item: Item): void {
    this.#toSpool.push(this.#options.format.encode(item));
    if (this.#isClosed || this.#toSpool.length >= SPOOL_WRITE_RECORDS) this.#writeSpool();
    else this.#startTimer("spool", SPOOL_WRITE_MS, () => this.#writeSpool());
  }

  #writeSpool(): void {
    this.#stopTimer("spool");
    if (this.#toSpool.length === 0) return;
    const texts = this.#toSpool;
    this.#toSpool = [];
    try {
      const queue = this.#ownQueue();
      if (queue?.append(texts)) return;
      const reason = queue
        ? "the disk space allowed by SLUICE_SPOOL_MAX_BYTES is used up"
        : "there is no disk";
      this.#giveUp(texts.length, reason);
    } catch (error) {
      this.#reportDisk(error);
      this.#giveUp(texts.length, "the disk can't be written");
    }
  }

  /** The bound of bounds. It is told once per absence. */
  #giveUp(count: number, reason: string): void {
    this.#settled += count;
    if (this.#told.dropped) return;
    this.#told.dropped = true;
    this.#options.report(
      `From here on ${this.#options.channel} are LOST until the server takes some: ${reason}.`,
    );
  }

  /** This process's queue on disk; null when the disk can't be used. */
  #ownQueue(): SpoolQueue | null {
    try {
      return this.#options.spool.queue(this.#options.channel);
    } catch (error) {
      this.#reportDisk(error);
      return null;
    }
  }

  #reportDisk(error: unknown): void {
    if (!this.#told.disk) this.#options.report(`The spool folder can't be used: ${String(error)}`);
    this.#told.disk = true;
  }

  #isAdopted(batch: Batch<Item>): boolean {
    return this.#adopted.some(({ queue }) => queue === batch.source);
  }

  #finishAdoptions(): void {
    const finished = this.#adopted.filter(({ queue }) => queue.isEmpty);
    if (finished.length === 0) return;
    this.#adopted = this.#adopted.filter(({ queue }) => !queue.isEmpty);
    for (const { done } of finished) done();
  }

  #checkFlushes(): void {
    for (const check of this.#flushes) check();
  }

  /** Timers never keep the process alive: at its end everything is flushed or put on disk. */
  #startTimer(name: TimerName, milliseconds: number, action: () => void): void {
    if (this.#timers.has(name) || this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      action();
    }, milliseconds);
    this.#timers.set(name, timer.unref());
  }

  #stopTimer(name: TimerName): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
