/** In a process of its own, since the test runner loads modules its own way. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Inside of the package, so that modules find the SDK as an installed one.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(import.meta.dirname, "test-"));
  mkdirSync(join(folder, "lib"));
  write(
    "plain.ts",
    `import { flow } from "@sluice/sdk";
    export const hello = flow(async function hello({ name }: { name: string }) { return name; });
    export const notFlow = { a: 1 };`,
  );
  write(
    "anonymous.ts",
    `import { flow } from "@sluice/sdk";
    export const first = flow(async () => 1, { name: "the-first" });
    export const second = flow(async function inner() { return 2; }, { name: "the-second" });`,
  );
  write(
    "lib/colors.ts",
    `export enum Color { Red = "red" }
    export interface Shape { color: Color }
    export const place = import.meta.dirname;`,
  );
  write(
    "beyond.ts",
    `#!/usr/bin/env node
    import { flow } from "@sluice/sdk";
    import { Color, Shape, place } from "./lib/colors";
    function marked(target: unknown) { return target as never; }
    @marked class Marked { constructor(readonly shape: Shape) {} }
    export const paint = flow(async function paint() {
      return [new Marked({ color: Color.Red }).shape.color, place, import.meta.filename]; });`,
  );
  write("syntax.ts", `export const a = ;`);
  write("throws.ts", `throw new RangeError("no settings");`);
  write("missing.ts", `import "./nowhere"; export const a = 1;`);
  write(
    "unguarded.ts",
    `import { flow } from "@sluice/sdk";
    export const eager = flow(async function eager() {});
    await eager();`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** Loads the entrypoints and calls their functions. */
function load(...entrypoints: string[]): Record<string, Record<string, unknown>> {
  const program = join(import.meta.dirname, "test", "load-all.ts");
  const output = execFileSync(process.execPath, ["--conditions=source", program, folder, ...entrypoints]);
  return JSON.parse(output.toString()) as Record<string, Record<string, unknown>>; // as the program writes it
}

describe("a flow is loaded", () => {
  it.each([
    ["by the name of its export, from a path relative to the folder", "plain.ts:hello", "hello"],
    ["without a name, when it is the module's only one", "./plain.ts", "hello"],
    ["by its own name, when no export is called so", "anonymous.ts:the-first", "the-first"],
    ["by its function's name, when no export is called so", "anonymous.ts:inner", "the-second"],
  ])("%s", (_how, entrypoint, name) => {
    expect(load(entrypoint)[entrypoint]).toMatchObject({ flow: name });
  });

  it("from an absolute path", () => {
    const entrypoint = `${join(folder, "plain.ts")}:hello`;
    expect(load(entrypoint)[entrypoint]).toMatchObject({ flow: "hello" });
  });

  it("from TypeScript that Node can't run as it is, and its files know where they lie", () => {
    expect(load("beyond.ts:paint")["beyond.ts:paint"]).toEqual({
      flow: "paint",
      value: ["red", join(folder, "lib"), join(folder, "beyond.ts")],
    });
  });
});

describe("an entrypoint is refused", () => {
  const refusals: [string, RegExp][] = [
    ["nowhere.ts:hello", /there is no file .*nowhere\.ts\. Relative paths start at/],
    ["plain.ts:goodbye", /plain\.ts has no export 'goodbye'\. It exports the flows 'hello'\./],
    ["plain.ts:notFlow", /export 'notFlow' of .*plain\.ts is not a flow but an object \(Object\)/],
    ["anonymous.ts", /names no export of .*anonymous\.ts\. It exports the flows 'first', 'second'\./],
    ["syntax.ts:a", /syntax\.ts could not be loaded: .*Unexpected ";"/s],
    ["throws.ts:a", /throws\.ts could not be loaded: RangeError: no settings/],
    ["missing.ts:a", /missing\.ts could not be loaded: .*Could not resolve "\.\/nowhere"/s],
    ["unguarded.ts:eager", /guard the call: if \(import\.meta\.main\)/],
    ["no-such-package:hello", /module 'no-such-package' could not be loaded/],
    [":hello", /names no module/],
  ];
  let outcomes: Record<string, Record<string, unknown>>;
  beforeAll(() => {
    outcomes = load(...refusals.map(([entrypoint]) => entrypoint));
  });

  it.each(refusals)("%s", (entrypoint, message) => {
    expect(outcomes[entrypoint]).toMatchObject({
      error: "EntrypointError",
      message: expect.stringMatching(message) as string,
    });
  });
});
