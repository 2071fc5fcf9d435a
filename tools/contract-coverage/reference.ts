/** Finds Prefect's OpenAPI document: a file, or the stock package that the conformance suite installs. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "./document.ts";

export interface Reference {
  /** Where it came from, for people. */
  readonly source: string;
  readonly document: Document;
}

/** Beside the repository; not part of it. */
const DEFAULT_FILE = "../shared/reference/prefect-openapi.json";
const STOCK_PYTHONS = ["conformance/.venv/bin/python", ".venv/bin/python"];

/** Prints what the stock server would serve as its document. */
const PRINT_DOCUMENT = `
import json
from prefect.server.api.server import create_app
print(json.dumps(create_app().openapi()))
`;

/**
 * The file of the argument or of PREFECT_OPENAPI, else the default file, else what the stock package says.
 * Null: there is nothing to compare with.
 * @throws Error when a file that was asked for isn't there
 */
export function findReference(root: string, asked: string | undefined): Reference | null {
  if (asked !== undefined) return readDocument(asked);
  const file = join(root, DEFAULT_FILE);
  if (existsSync(file)) return readDocument(file);
  const python = STOCK_PYTHONS.map((path) => join(root, path)).find((path) => existsSync(path));
  return python === undefined ? null : askStockPackage(python);
}

function readDocument(file: string): Reference {
  if (!existsSync(file)) throw new Error(`There is no OpenAPI document at ${file}.`);
  // A document of the reference server, or one whose absence of paths fails right after.
  return { source: file, document: JSON.parse(readFileSync(file, "utf8")) as Document };
}

function askStockPackage(python: string): Reference {
  const output = execFileSync(python, ["-c", PRINT_DOCUMENT], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PREFECT_SERVER_ANALYTICS_ENABLED: "false", PREFECT_LOGGING_LEVEL: "CRITICAL" },
  });
  return { source: `the prefect package of ${python}`, document: JSON.parse(output) as Document }; // as above
}
