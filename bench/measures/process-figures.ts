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
