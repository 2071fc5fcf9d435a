/** Where a flow or task was declared: versions are made from the file, worker threads import it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { getCallSites } from "node:util";

/** Where the SDK's own code is. */
export const SDK_FOLDER = dirname(fileURLToPath(import.meta.url));

/** URL of the module that called into the SDK; null when it can't be told, as in a bundle that holds the SDK too. */
export function callerModuleUrl(): string | null {
  for (const { scriptName } of getCallSites(20)) {
    const path = scriptName.startsWith("file:") ? fileURLToPath(scriptName) : scriptName;
    if (!path.startsWith("/") && !/^[A-Za-z]:\\/.test(path)) continue;
    if (dirname(path).startsWith(SDK_FOLDER) && !path.endsWith(".test.ts")) continue;
    return pathToFileURL(path).href;
  }
  return null;
}

/** A version for code that names none: a hash of its file. Null when the file can't be read. */
export function fileVersion(moduleUrl: string | null): string | null {
  if (moduleUrl === null) return null;
  try {
    return createHash("md5")
      .update(readFileSync(fileURLToPath(moduleUrl)))
      .digest("hex");
  } catch {
    return null;
  }
}

/** `<function name>-<8 characters of a hash of its source>`: tells apart functions of the same name. */
export function definitionKey(fn: (...args: never[]) => unknown): string {
  const hash = createHash("sha256").update(Function.prototype.toString.call(fn)).digest("hex");
  return `${fn.name || "anonymous"}-${hash.slice(0, 8)}`;
}
