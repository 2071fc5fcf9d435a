/**
 * `npm run contract:coverage [file] [-- --verbose]`: compares our OpenAPI document with Prefect's. Exits 1 when an
 * operation or a field is missing or different and no list says that it may be.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openApiDocument } from "@sluice/schemas/openapi";
import { compareDocuments } from "./compare.ts";
import type { Document } from "./document.ts";
import { findReference } from "./reference.ts";
import { describeDifference, table } from "./report.ts";
import { type AllowedDifference, judge } from "./verdict.ts";

const root = new URL("../..", import.meta.url).pathname;
const files = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const isVerbose = process.argv.includes("--verbose");

const reference = findReference(root, files[0] ?? process.env["PREFECT_OPENAPI"]);
if (reference === null) {
  console.log(
    "contract:coverage: there is no Prefect OpenAPI document to compare with. Name one (as argument or in " +
      "PREFECT_OPENAPI), or run `npm run conformance` once, which installs the package that can print it.",
  );
} else {
  // Our document by its own type is richer than what the comparison reads.
  const comparison = compareDocuments(reference.document, openApiDocument() as unknown as Document);
  const verdict = judge(comparison, {
    notServed: readList<string>("contract-not-served.json"),
    allowed: readList<AllowedDifference>("contract-allowed-differences.json"),
  });

  console.log(`Compared with ${reference.source}\n`);
  console.log(table(reference.document, comparison, verdict));
  console.log(`\n${comparison.notServed.length} operations not served yet (tools/contract-not-served.json)`);
  console.log(`${comparison.own.length} operations of our own: ${comparison.own.join(", ")}`);
  if (isVerbose) {
    for (const difference of verdict.allowed) console.log(`allowed  ${describeDifference(difference)}`);
    for (const difference of verdict.extra) console.log(`extra  ${describeDifference(difference)}`);
  }
  for (const difference of verdict.unexpected) console.error(describeDifference(difference));
  for (const complaint of verdict.complaints) console.error(complaint);
  const failures = verdict.unexpected.length + verdict.complaints.length;
  console.log(failures === 0 ? "The contract is covered." : `${failures} things to mend.`);
  process.exitCode = failures === 0 ? 0 : 1;
}

function readList<Entry>(name: string): Entry[] {
  // Checked in beside the code that reads it, and an entry that means nothing is complained about.
  return JSON.parse(readFileSync(join(root, "tools", name), "utf8")) as Entry[];
}
