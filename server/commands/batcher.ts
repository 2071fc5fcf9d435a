/**
 * Group commit (docs/adr/0005): calls that arrive while a batch is under way wait in line and share the next one.
 *
 * 1. One batch runs at a time, in the order in which its calls came.
 * 2. A batch holds at most one call for each key; the second waits for the next batch and so sees the first one's result.
 * 3. A call is answered when its batch has ended. A batch that fails has done nothing, and where a single call may be to
 *    blame its calls are run again one by one, so that a bad call fails alone.
 * 4. The line is bounded: a call that finds it full is refused at once.
 */
export interface BatcherOptions<Call, Answer> {
  /** What may occur only once in a batch; null for calls that get along with all others. */
  readonly keyOf: (call: Call) => string | null;
  /** Does all of the calls or, by throwing, none. Answers in the order asked. */
  readonly run: (calls: readonly Call[]) => Promise<readonly Answer[]>;
  /** True when the error may be the fault of one call, false when it is the database's and every call would meet it. */
  readonly isFaultOfOne: (error: unknown) => boolean;
  /** The error for a call that finds the line full. */
  readonly full: () => Error;
  readonly maximumBatch?: number;
  readonly maximumWaiting?: number;
}

/** More calls in one batch cost latency and gain little: the commit's share is below one percent by then. */
const MAXIMUM_BATCH = 200;
const MAXIMUM_WAITING = 10_000;

interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly key: string | null;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<Call, Answer> {
  readonly #options: BatcherOptions<Call, Answer>;
  readonly #maximumBatch: number;
  readonly #maximumWaiting: number;
  #line: Waiting<Call, Answer>[] = [];
  #isRunning = false;

  constructor(options: BatcherOptions<Call, Answer>) {
    this.#options = options;
    this.#maximumBatch = options.maximumBatch ?? MAXIMUM_BATCH;
    this.#maximumWaiting = options.maximumWaiting ?? MAXIMUM_WAITING;
  }

  submit(call: Call): Promise<Answer> {
    if (this.#line.length >= this.#maximumWaiting) return Promise.reject(this.#options.full());
    return new Promise((resolve, reject) => {
      this.#line.push({ call, key: this.#options.keyOf(call), resolve, reject });
      if (!this.#isRunning) void this.#work();
    });
  }

  /** Never rejects: what goes wrong is told to the calls. */
  async #work(): Promise<void> {
    this.#isRunning = true;
    while (this.#line.length > 0) {
      // Requests that came in together are read one after the other; an in-process database would otherwise have done
      // the first before the second is known.
      await new Promise(setImmediate);
      await this.#runBatch(this.#takeBatch());
    }
    this.#isRunning = false;
  }

  #takeBatch(): Waiting<Call, Answer>[] {
    const batch: Waiting<Call, Answer>[] = [];
    const left: Waiting<Call, Answer>[] = [];
    const keys = new Set<string>();
    for (const waiting of this.#line) {
      const { key } = waiting;
      if (batch.length >= this.#maximumBatch || (key !== null && keys.has(key))) {
        left.push(waiting);
        continue;
      }
      batch.push(waiting);
      if (key !== null) keys.add(key);
    }
    this.#line = left;
    return batch;
  }

  async #runBatch(batch: readonly Waiting<Call, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(batch.map(({ call }) => call));
      // `run` answers every call, in order.
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (batch.length === 1 || !this.#options.isFaultOfOne(error)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const waiting of batch) await this.#runBatch([waiting]);
    }
  }
}
