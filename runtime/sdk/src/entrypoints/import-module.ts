/**
 * Importing a user's module. Node runs most TypeScript by itself, by blanking out types. What it can't run is bundled
 * first: enums, parameter properties, decorators, imports without an extension or by `paths`, types imported as values.
 * Node refuses all of that before the first line of the module runs, so nothing runs twice.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importDefinitions } from "../module-import.ts";
import { bundleModule } from "./bundle.ts";
import type { EntrypointTarget } from "./entrypoint.ts";

const IMPORTER = "the process of a flow run";

/** The exports of the module; relative and package names are looked up from `folder`. */
export async function importEntrypointModule(
  target: EntrypointTarget,
  folder: string,
): Promise<Record<string, unknown>> {
  if (target.kind === "package") {
    return importDefinitions(packageUrl(target.specifier, folder), IMPORTER);
  }
  const url = pathToFileURL(target.path).href;
  try {
    return await importDefinitions(url, IMPORTER);
  } catch (error) {
    if (!isBeyondNode(error)) throw error;
    return importDefinitions(await bundleModule(target.path), IMPORTER);
  }
}

/** Packages that only offer themselves to `import` are looked for from the SDK's own place. */
function packageUrl(specifier: string, folder: string): string {
  try {
    const path = createRequire(join(folder, "package.json")).resolve(specifier);
    return path.startsWith("node:") ? path : pathToFileURL(path).href;
  } catch {
    return specifier;
  }
}

const CODES_BEYOND_NODE = [
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_MODULE_NOT_FOUND",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
];

function isBeyondNode(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  const code = (error as { code?: unknown } | null)?.code; // errors of Node's loader have one
  return typeof code === "string" && CODES_BEYOND_NODE.includes(code);
}
