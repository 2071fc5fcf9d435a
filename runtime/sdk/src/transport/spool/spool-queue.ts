/**
 * A queue on disk: append-only segment files `<channel>-<number>.log` in a lane, in the order of their numbers.
 *
 * Reading and taking away are two steps. `read` hands out the next records; `commit` says that the oldest ones handed
 * out have arrived, and removes the files that are done with; `replaceUncommitted` puts others in the place of those
 * handed out and not committed. A file `<channel>.position` says how far the first segment is committed, so that a
 * later process goes on from there.
 *
 * Everything here is synchronous: appends land in the page cache in microseconds, and it has to work while a process
 * exits. Nothing is synced to the device: a spool outlives its process, not the machine.
 */
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { decodeRecords, encodeRecord } from "./records.ts";

const SEGMENT_BYTES = 4 * 1024 * 1024;
/** The number of the first segment lies in the middle, so that older records can still be put before it. */
const FIRST_NUMBER = 500_000_000;
const NUMBER_LENGTH = 9;

interface Segment {
  readonly number: number;
  /** As far as known; a segment left by another process counts once it is read. */
  bytes: number;
  /** The records, once read; null before. */
  records: string[] | null;
}

export interface SpoolQueueOptions {
  readonly folder: string;
  /** Names the files: `events`, `logs`. */
  readonly channel: string;
  readonly maxBytes: number;
}

export class SpoolQueue {
  readonly #folder: string;
  readonly #channel: string;
  readonly #maxBytes: number;
  #segments: Segment[];
  /** Of the newest segment, while records are appended to it. */
  #openFile: number | null = null;
  #bytes = 0;
  /** Records of the first segment that are committed. */
  #committed: number;
  /** Records handed out after those committed. */
  #handedOut = 0;
  #damaged = 0;

  constructor(options: SpoolQueueOptions) {
    this.#folder = options.folder;
    this.#channel = options.channel;
    this.#maxBytes = options.maxBytes;
    this.#segments = this.#findSegments();
    this.#committed = this.#readPosition();
  }

  /** True when every record has been handed out. */
  get isRead(): boolean {
    return this.#peek() === null;
  }

  /** True when every record has arrived. */
  get isEmpty(): boolean {
    return this.#handedOut === 0 && this.isRead;
  }

  /** Lines passed over because they were not intact. */
  get damagedRecords(): number {
    return this.#damaged;
  }

  /** Appends records; false, and nothing is kept, when the disk may not be used further. */
  append(texts: readonly string[]): boolean {
    if (texts.length === 0) return true;
    const content = Buffer.from(texts.map(encodeRecord).join(""), "utf8");
    if (this.#bytes + content.length > this.#maxBytes) return false;
    const segment = this.#segmentToAppendTo();
    writeAll(this.#openFile as number, content); // opened with the segment
    segment.bytes += content.length;
    this.#bytes += content.length;
    return true;
  }

  /** Hands out the next records, at most so many and about so many characters; at least one if there is any. */
  read(maxRecords: number, maxLength: number): string[] {
    const texts: string[] = [];
    let length = 0;
    while (texts.length < maxRecords) {
      const text = this.#peek();
      if (text === null || (texts.length > 0 && length + text.length > maxLength)) break;
      texts.push(text);
      length += text.length;
      this.#handedOut += 1;
    }
    // Segments without an intact record are done with, too.
    if (this.#handedOut === 0) this.commit(0);
    return texts;
  }

  /** The oldest `count` records handed out have arrived; files that hold no others are removed. */
  commit(count: number): void {
    this.#committed += count;
    this.#handedOut -= count;
    while (this.#segments[0]?.records && this.#committed >= this.#segments[0].records.length) {
      this.#committed -= this.#segments[0].records.length;
      this.#removeFirst();
    }
    this.#writePosition();
  }

  /** The records handed out and not committed will be handed out again. */
  rewind(): void {
    this.#handedOut = 0;
  }

  /** Puts `texts` in the place of the records that are handed out and not committed; they are the next to be read. */
  replaceUncommitted(texts: readonly string[]): void {
    if (texts.length === 0) return this.commit(this.#handedOut);
    const number = (this.#segments[0]?.number ?? FIRST_NUMBER) - 1;
    // In this order a crash in between leaves records twice, which the server notices, and loses none.
    const bytes = this.#writeWhole(number, texts);
    this.commit(this.#handedOut);
    this.#forgetCommitted();
    this.#segments.unshift({ number, bytes, records: [...texts] });
    this.#bytes += bytes;
    this.#writePosition();
  }

  /** Lets go of the open file; the queue may still be used. */
  close(): void {
    this.#closeFile();
  }

  #peek(): string | null {
    let index = this.#committed + this.#handedOut;
    for (const segment of this.#segments) {
      const records = this.#load(segment);
      const text = records[index];
      if (text !== undefined) return text;
      index -= records.length;
    }
    return null;
  }

  #load(segment: Segment): string[] {
    if (segment.records) return segment.records;
    // What is read must not grow: later records go to a segment of their own.
    if (segment === this.#segments.at(-1)) this.#closeFile();
    const content = readFileSync(this.#path(segment.number));
    const { records, damaged } = decodeRecords(content.toString("utf8"));
    this.#damaged += damaged;
    this.#bytes += content.length - segment.bytes;
    segment.bytes = content.length;
    segment.records = records;
    return records;
  }

  #segmentToAppendTo(): Segment {
    const newest = this.#segments.at(-1);
    if (newest && this.#openFile !== null && newest.bytes < SEGMENT_BYTES) return newest;
    this.#closeFile();
    const segment: Segment = { number: (newest?.number ?? FIRST_NUMBER - 1) + 1, bytes: 0, records: null };
    this.#openFile = openSync(this.#path(segment.number), "a", 0o600);
    this.#segments.push(segment);
    return segment;
  }

  #closeFile(): void {
    if (this.#openFile !== null) closeSync(this.#openFile);
    this.#openFile = null;
  }

  #removeFirst(): void {
    const segment = this.#segments.shift();
    if (!segment) return;
    this.#bytes -= segment.bytes;
    rmSync(this.#path(segment.number), { force: true });
  }

  /** Rewrites the first segment without its committed records, because another is about to be put before it. */
  #forgetCommitted(): void {
    const first = this.#segments[0];
    if (first && this.#committed > 0) {
      const rest = this.#load(first).slice(this.#committed);
      this.#bytes -= first.bytes;
      first.bytes = this.#writeWhole(first.number, rest);
      this.#bytes += first.bytes;
      first.records = rest;
    }
    this.#committed = 0;
  }

  /** Writes a segment in one step: a torn file must not pass for the whole. */
  #writeWhole(number: number, texts: readonly string[]): number {
    const content = Buffer.from(texts.map(encodeRecord).join(""), "utf8");
    const path = this.#path(number);
    writeFileSync(`${path}.tmp`, content, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
    return content.length;
  }

  #findSegments(): Segment[] {
    const pattern = new RegExp(`^${this.#channel}-(\\d+)\\.log$`);
    return readdirSync(this.#folder)
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
      .map((number) => ({ number, bytes: 0, records: null }));
  }

  #path(number: number): string {
    return join(this.#folder, `${this.#channel}-${String(number).padStart(NUMBER_LENGTH, "0")}.log`);
  }

  get #positionPath(): string {
    return join(this.#folder, `${this.#channel}.position`);
  }

  /** `<segment number> <records committed in it>`; counts only if that segment is still the first. */
  #readPosition(): number {
    try {
      const [number, count] = readFileSync(this.#positionPath, "utf8").split(" ").map(Number);
      return number === this.#segments[0]?.number && count ? count : 0;
    } catch {
      return 0;
    }
  }

  /** As good as it can be done: without it a later process sends again what has arrived. */
  #writePosition(): void {
    const first = this.#segments[0];
    try {
      if (first && this.#committed > 0)
        writeFileSync(this.#positionPath, `${first.number} ${this.#committed}`);
      else rmSync(this.#positionPath, { force: true });
    } catch {
      // A disk that is full: the next commit tries again.
    }
  }
}

function writeAll(file: number, content: Buffer): void {
  for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
}
