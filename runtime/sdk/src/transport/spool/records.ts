/**
 * Records in a spool file: one line each, `<crc32 in hex> <text>\n`. A line that was cut short, or overwritten by
 * anything else, fails its checksum and is passed over; the lines around it still count.
 */
import { crc32 } from "node:zlib";

const CHECKSUM_LENGTH = 8;

/** `text` must not contain a line break; JSON text never does. */
export function encodeRecord(text: string): string {
  return `${checksum(text)} ${text}\n`;
}

/** The intact records of a file's content, in order, and how many lines were not intact. */
export function decodeRecords(content: string): { records: string[]; damaged: number } {
  const records: string[] = [];
  let damaged = 0;
  let start = 0;
  while (start < content.length) {
    const newline = content.indexOf("\n", start);
    const end = newline === -1 ? content.length : newline;
    const record = newline === -1 ? null : decodeLine(content.slice(start, end));
    if (record === null) damaged += 1;
    else records.push(record);
    start = end + 1;
  }
  return { records, damaged };
}

function decodeLine(line: string): string | null {
  const text = line.slice(CHECKSUM_LENGTH + 1);
  const isIntact = line[CHECKSUM_LENGTH] === " " && line.slice(0, CHECKSUM_LENGTH) === checksum(text);
  return isIntact ? text : null;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, "0");
}
