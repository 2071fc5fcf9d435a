/** Where a command reads and writes: data to `stdout`, talk to `stderr`. */
import type { Readable, Writable } from "node:stream";
import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** Colours for a stream: only on a terminal, and not when `NO_COLOR` asks for none; `FORCE_COLOR` asks for them. */
export function colorsFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Colors {
  if (env["NO_COLOR"]) return picocolors.createColors(false);
  return picocolors.createColors(Boolean(env["FORCE_COLOR"]) || stream.isTTY === true);
}
