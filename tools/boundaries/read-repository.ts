/** Reads the repository for the boundary check: its sources and its packages, from the disk. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository, Workspace } from "./check-boundaries.ts";

const SKIPPED = /(^|\/)(node_modules|dist|coverage|\.[^/]+)(\/|$)|\.d\.ts$/;

interface PackageFile {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, { readonly source?: string } | string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function readRepository(root: string): Repository {
  const rootPackage = readPackage(root);
  const paths = globSync("*/**/*.ts", { cwd: root, exclude: (path) => SKIPPED.test(path) });
  const files = new Map(
    paths
      .filter((path) => !SKIPPED.test(path))
      .toSorted()
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
  return {
    files,
    workspaces: (rootPackage.workspaces ?? []).map((folder) => readWorkspace(root, folder)),
    devDependencies: Object.keys(rootPackage.devDependencies ?? {}),
  };
}

function readWorkspace(root: string, folder: string): Workspace {
  const { name, exports = {}, dependencies, peerDependencies } = readPackage(join(root, folder));
  const doors: Record<string, string> = {};
  for (const [door, target] of Object.entries(exports)) {
    const source = typeof target === "string" ? target : target.source;
    if (source) doors[door] = join(folder, source);
  }
  return { name, folder, doors, dependencies: Object.keys({ ...dependencies, ...peerDependencies }) };
}

function readPackage(folder: string): PackageFile {
  // package.json files are ours, and npm has read them before us.
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
}
