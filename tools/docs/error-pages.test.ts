import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REFUSALS } from "../../server/commands/errors.ts";

const root = join(import.meta.dirname, "..", "..");
const pagesFolder = join(root, "docs", "errors");

function pages(side: string): string[] {
  return readdirSync(join(pagesFolder, side))
    .map((file) => file.replace(/\.md$/, ""))
    .toSorted();
}

function page(side: string, code: string): string {
  return readFileSync(join(pagesFolder, side, `${code}.md`), "utf8");
}

/** The codes that the SDK's error classes pass on to their base. */
function sdkCodes(): string[] {
  const sources = readdirSync(join(root, "runtime", "sdk", "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, "runtime", "sdk", "src", file), "utf8"));
  const codes = sources.flatMap((source) => [
    ...(source.includes("extends SluiceError")
      ? [...source.matchAll(/super\(\s*"([a-z]+(?:-[a-z]+)+|[a-z]+)",/g)]
      : []),
    ...source.matchAll(/new SluiceError\(\s*"([a-z-]+)"/g),
  ]);
  return [...new Set(codes.map(([, code]) => code ?? ""))].toSorted();
}

describe("pages of errors", () => {
  it("are there for every refusal of the server, and for nothing else", () => {
    expect(pages("server")).toEqual(Object.keys(REFUSALS).toSorted());
  });

  it("are there for every error of the SDK, and for nothing else", () => {
    expect(sdkCodes().length).toBeGreaterThan(10);
    expect(pages("sdk")).toEqual(sdkCodes());
  });

  it.each(Object.entries(REFUSALS))("tell the status of %s and whether to retry", (code, refusal) => {
    expect(page("server", code)).toContain(`| ${refusal.status} | ${refusal.retryable ? "yes" : "no"} |`);
  });

  it("say what the message says, why, and what to do", () => {
    for (const side of ["server", "sdk"]) {
      for (const code of pages(side)) {
        expect(page(side, code)).toMatch(
          new RegExp(
            `^# ${code}\n[^]*\\*\\*Message\\.\\*\\* .+[^]*\\*\\*Why\\.\\*\\* .+[^]*\\*\\*What to do\\.\\*\\* .+`,
          ),
        );
      }
    }
  });

  it("are listed in the index", () => {
    const index = readFileSync(join(pagesFolder, "README.md"), "utf8");
    for (const side of ["server", "sdk"]) {
      for (const code of pages(side)) expect(index).toContain(`(${side}/${code}.md)`);
    }
  });
});
