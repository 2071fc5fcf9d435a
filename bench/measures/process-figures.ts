/** Memory of a process tree, read from /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of `pid` and all its descendants, in MiB. */
export function residentMebibytes(pid: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = statusField(Number(entry), "PPid");
    if (parent !== null) parents.set(Number(entry), parent);
  }
  const family = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [child, parent] of parents) {
      if (family.has(parent) && !family.has(child)) {
        family.add(child);
        grown = true;
      }
    }
  }
  let kibibytes = 0;
  for (const member of family) kibibytes += statusField(member, "VmRSS") ?? 0;
  return kibibytes / 1024;
}

function statusField(pid: number, field: string): number | null {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return match ? Number(match[1]) : null;
  } catch {
    return null; // The process ended between listing and reading.
  }
}

/** Seconds of processor time that a process has used; unlike a rate, it hardly moves when others load the machine. */
export function cpuSeconds(pid: number): number {
  // The name in brackets may hold spaces; after it come numbers, of which the 12th and 13th are clock ticks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const TICKS_PER_SECOND = 100;
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
