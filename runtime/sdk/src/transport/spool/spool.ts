/** What one process keeps on disk for one server, and what processes before it have left there. */
import { createLane, type Lane, leftoverLanes, spoolFolder } from "./lane.ts";
import { SpoolQueue } from "./spool-queue.ts";

export type SpoolChannel = "events" | "logs";

export interface SpoolOptions {
  readonly home: string;
  readonly apiUrl: string;
  readonly maxBytes: number;
}

/** A queue that another process has left; `release` once it is sent or given up. */
export interface Leftovers {
  queue(channel: SpoolChannel): SpoolQueue;
  release(): void;
}

export class Spool {
  readonly #folder: string;
  readonly #maxBytes: number;
  #lane: Lane | null = null;
  readonly #queues = new Map<SpoolChannel, SpoolQueue>();

  constructor(options: SpoolOptions) {
    this.#folder = spoolFolder(options.home, options.apiUrl);
    this.#maxBytes = options.maxBytes;
  }

  /** This process's queue. Nothing is made on disk before it is asked for. @throws when the disk can't be used */
  queue(channel: SpoolChannel): SpoolQueue {
    const known = this.#queues.get(channel);
    if (known) return known;
    this.#lane ??= createLane(this.#folder);
    const queue = new SpoolQueue({ folder: this.#lane.folder, channel, maxBytes: this.#maxBytes });
    this.#queues.set(channel, queue);
    return queue;
  }

  /** What ended processes have left, oldest first. */
  *leftovers(): Generator<Leftovers> {
    for (const lane of leftoverLanes(this.#folder)) {
      yield {
        queue: (channel) => new SpoolQueue({ folder: lane.folder, channel, maxBytes: this.#maxBytes }),
        release: () => lane.release(),
      };
    }
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
    this.#queues.clear();
    this.#lane?.release();
    this.#lane = null;
  }
}
