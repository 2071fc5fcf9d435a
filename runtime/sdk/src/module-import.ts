/**
 * Importing user modules for what they declare: a task for a thread, a flow for the process of its run. If such a module
 * also runs a flow at its top level, the import would start that flow again.
 */
import { DefinitionError } from "./errors.ts";

let importer: string | null = null;

/** Imports a module; `who` does it appears in the error that flows called meanwhile throw. */
export async function importDefinitions(moduleUrl: string, who: string): Promise<Record<string, unknown>> {
  importer = who;
  try {
    return await import(moduleUrl);
  } finally {
    importer = null;
  }
}

/** True while a module is imported for what it declares. */
export function isImportingDefinitions(): boolean {
  return importer !== null;
}

/** @throws DefinitionError while a module is imported for what it declares */
export function assertNotImporting(what: string): void {
  if (importer === null) return;
  throw new DefinitionError(
    `${what} was called while ${importer} imported its module. Move tasks and flows to a module of their own, or guard the call: if (import.meta.main) { … }`,
  );
}
