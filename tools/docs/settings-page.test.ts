import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { settingsTable } from "./settings-table.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "guides", "settings.md"), "utf8");

function variables(text: string): string[] {
  return [...new Set([...text.matchAll(/SLUICE_[A-Z_]+[A-Z]/g)].map(([name]) => name))].toSorted();
}

it("the page of settings has the table of the SDK's definitions", () => {
  expect(page).toContain(settingsTable());
});

it("the page of settings names every variable of the server, and no other", () => {
  const section = page.slice(page.indexOf("## The server"), page.indexOf("## Flows and the command"));
  const source = readFileSync(join(root, "server", "main", "settings.ts"), "utf8");
  const quoted = [...source.matchAll(/"(SLUICE_[A-Z_]+)"/g)].map(([, name]) => name ?? "").toSorted();
  expect(quoted.length).toBeGreaterThan(5);
  expect(variables(section)).toEqual(quoted);
});
