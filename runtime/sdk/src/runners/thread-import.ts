/**
 * A thread that runs a task imports the module which declares it. If that module also runs a flow at its top level, the
 * import would start the flow again on every thread.
 */
import { DefinitionError } from "../errors.ts";

let isImporting = false;

export async function importForThread(moduleUrl: string): Promise<Record<string, unknown>> {
  isImporting = true;
  try {
    return await import(moduleUrl);
  } finally {
    isImporting = false;
  }
}

/** @throws DefinitionError while a thread imports a task's module */
export function assertNotImporting(what: string): void {
  if (!isImporting) return;
  throw new DefinitionError(
    `${what} was called while a thread imported its module. Move tasks to a module of their own, or guard the call: if (import.meta.main) { … }`,
  );
}
