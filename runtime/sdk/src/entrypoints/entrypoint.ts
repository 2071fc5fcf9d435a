/** Where a flow is to be found: `path/file.ts:exportName`, or `package/module:exportName`. */
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { EntrypointError } from "./entrypoint-error.ts";

export interface Entrypoint {
  /** As it is written. */
  readonly text: string;
  readonly target: EntrypointTarget;
  /** Name of an export, or of an exported flow. Null: the module's only flow. */
  readonly exportName: string | null;
}

export type EntrypointTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "package"; readonly specifier: string };

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;

/**
 * Reads an entrypoint; relative paths start at `folder`.
 * @throws EntrypointError when it is empty, or names a file that isn't there
 */
export function parseEntrypoint(text: string, folder: string): Entrypoint {
  const { module, exportName } = split(text);
  if (module === "") {
    throw new EntrypointError(`Entrypoint '${text}' names no module. Write path/file.ts:exportName.`);
  }
  const path = resolve(folder, module);
  const isFile = SOURCE_FILE.test(module) || module.startsWith(".") || isAbsolute(module) || existsSync(path);
  if (!isFile) return { text, exportName, target: { kind: "package", specifier: module } };
  if (!existsSync(path)) {
    throw new EntrypointError(
      `Entrypoint '${text}': there is no file ${path}. Relative paths start at ${folder}.`,
    );
  }
  return { text, exportName, target: { kind: "file", path } };
}

/** The name comes after the last colon, unless that belongs to a drive: `C:\flows\facts.ts`. */
function split(text: string): { module: string; exportName: string | null } {
  const colon = text.lastIndexOf(":");
  const isDrive = colon === 1 && /^[A-Za-z]:[\\/]/.test(text);
  if (colon === -1 || isDrive) return { module: text, exportName: null };
  return { module: text.slice(0, colon), exportName: text.slice(colon + 1) || null };
}
