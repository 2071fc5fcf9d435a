import { readFileSync } from "node:fs";

/** This package's version. Read from its package.json: the contract's constant would load the contract. */
export function sluiceVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version; // npm wants a version in every manifest
}
