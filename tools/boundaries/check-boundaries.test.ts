import { describe, expect, it } from "vitest";
import { checkBoundaries, type Repository, type Workspace } from "./check-boundaries.ts";
import { findCycles } from "./find-cycles.ts";
import { readRepository } from "./read-repository.ts";
import { ROOMS, type Room } from "./rooms.ts";

const WORKSPACES: Workspace[] = [
  {
    name: "@sluice/schemas",
    folder: "contract/schemas",
    doors: { ".": "contract/schemas/src/index.ts" },
    dependencies: ["zod"],
  },
  {
    name: "@sluice/client",
    folder: "contract/client",
    doors: { ".": "contract/client/src/index.ts" },
    dependencies: ["@sluice/schemas"],
  },
  {
    name: "@sluice/server",
    folder: "server",
    doors: { ".": "server/main/index.ts" },
    dependencies: ["@sluice/schemas", "kysely", "fastify"],
  },
  {
    name: "@sluice/cli",
    folder: "runtime/cli",
    doors: { ".": "runtime/cli/src/index.ts" },
    dependencies: ["@sluice/server", "@sluice/client"],
  },
  {
    name: "@sluice/sdk",
    folder: "runtime/sdk",
    doors: { ".": "runtime/sdk/src/index.ts" },
    dependencies: ["@sluice/client"],
  },
];

/** Judges one source at `path`, in a house where every room has a file. */
function judge(path: string, source: string, others: Record<string, string> = {}): string[] {
  const filler = ROOMS.map((room): [string, string] => [`${room.folder}/filler.ts`, "export {};"]);
  const doors = WORKSPACES.map(({ doors }): [string, string] => [doors["."] ?? "", "export {};"]);
  const repository: Repository = {
    files: new Map([...filler, ...doors, ...Object.entries(others), [path, source]]),
    workspaces: WORKSPACES,
    devDependencies: ["vitest"],
  };
  return checkBoundaries(repository, ROOMS).violations.map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );
}

describe("the import table", () => {
  it("lets a room import what the table names", () => {
    expect(judge("server/commands/verb.ts", 'import type { RunStore } from "../store/filler.ts";')).toEqual(
      [],
    );
    expect(judge("runtime/sdk/src/flow.ts", 'import { client } from "@sluice/client";')).toEqual([]);
  });

  it.each([
    ["a static import", 'import { routes } from "../api/filler.ts";'],
    ["a type import", 'import type { Routes } from "../api/filler.ts";'],
    ["an inline type import", 'export type Routes = import("../api/filler.ts").Routes;'],
    ["a re-export", 'export { routes } from "../api/filler.ts";'],
    ["a re-export of everything", 'export * from "../api/filler.ts";'],
    ["a dynamic import", 'export const load = () => import("../api/filler.ts");'],
    ["a dynamic import by template", "export const load = () => import(`../api/filler.ts`);"],
    ["a require", 'const routes = require("../api/filler.ts");'],
    ["an import assignment", 'import routes = require("../api/filler.ts");'],
  ])("refuses %s into a room that it does not name", (_, source) => {
    expect(judge("server/store/port.ts", source)).toEqual([
      "server/store/port.ts:1 server/store may not import server/api (server/api/filler.ts)",
    ]);
  });

  it("keeps the runtime away from the server", () => {
    expect(judge("runtime/sdk/src/flow.ts", 'import { startServer } from "@sluice/server";')).toEqual([
      "runtime/sdk/src/flow.ts:1 @sluice/server is not among the dependencies of @sluice/sdk",
    ]);
  });

  it("lets the CLI load the server lazily only", () => {
    expect(judge("runtime/cli/src/start.ts", 'const { start } = await import("@sluice/server");')).toEqual(
      [],
    );
    expect(judge("runtime/cli/src/start.ts", 'import { start } from "@sluice/server";')).toEqual([
      "runtime/cli/src/start.ts:1 runtime/cli may import server/main only by import(…)",
    ]);
  });

  it("lets only tests import test rooms and tests", () => {
    const support = { "testing/clock.ts": "export {};", "server/store/suite/cases.ts": "export {};" };
    expect(judge("server/api/x.ts", 'import "../store/suite/cases.ts";', support)).toEqual([
      "server/api/x.ts:1 server/store/suite/cases.ts is for tests",
    ]);
    expect(
      judge("server/api/x.test.ts", 'import "../store/suite/cases.ts"; import "vitest";', support),
    ).toEqual([]);
  });

  it("lets tests take files of test rooms, but not of other packages", () => {
    const support = { "testing/clock.ts": "export {};" };
    expect(judge("runtime/sdk/src/x.test.ts", 'import "../../../testing/clock.ts";', support)).toEqual([]);
    expect(judge("runtime/sdk/src/x.ts", 'import "../../../testing/clock.ts";', support)).toHaveLength(1);
    expect(judge("runtime/sdk/src/x.test.ts", 'import "../../../server/main/index.ts";')).toHaveLength(1);
  });

  it("refuses a computed import where it can't be checked", () => {
    expect(judge("server/main/load.ts", "export const load = (name: string) => import(name);")).toEqual([
      "server/main/load.ts:1 a computed import can't be checked; name the module",
    ]);
  });
});

describe("doors and dependencies", () => {
  it("refuses an import behind another package's door", () => {
    expect(judge("runtime/sdk/src/flow.ts", 'import "@sluice/client/src/http.ts";')).toEqual([
      "runtime/sdk/src/flow.ts:1 @sluice/client has no door ./src/http.ts",
    ]);
    expect(judge("runtime/sdk/src/flow.ts", 'import "../../../contract/client/filler.ts";')).toEqual([
      "runtime/sdk/src/flow.ts:1 ../../../contract/client/filler.ts reaches into another package; import it by its name",
    ]);
  });

  it("refuses a library that the package does not declare, and one that the room may not know", () => {
    expect(judge("server/api/x.ts", 'import pg from "pg";')).toEqual([
      "server/api/x.ts:1 pg is not among the dependencies of @sluice/server",
    ]);
    expect(judge("server/store-sql/x.ts", 'import fastify from "fastify";')).toEqual([
      "server/store-sql/x.ts:1 server/store-sql may not import the library fastify",
    ]);
  });

  it("refuses relative imports that name no file", () => {
    expect(judge("server/api/x.ts", 'import "./y";')).toEqual([
      "server/api/x.ts:1 ./y names no source file; relative imports carry their extension",
    ]);
  });

  it("wants node: before the name of a builtin", () => {
    expect(judge("server/api/x.ts", 'import fs from "fs";')).toEqual(["server/api/x.ts:1 write node:fs"]);
  });
});

describe("pure rooms", () => {
  it.each([
    ["the clock", "export const now = () => Date.now();", "Date.now"],
    ["the clock by brackets", 'export const now = () => Date["now"]();', "Date.now"],
    ["today", "export const today = () => new Date();", "new Date()"],
    ["today as text", "export const today = () => Date();", "new Date()"],
    ["a timer", "setTimeout(() => {}, 5);", "setTimeout"],
    ["chance", "export const pick = Math.random();", "Math.random"],
    ["random ids", "export const id = crypto.randomUUID();", "crypto"],
    ["the environment", "export const home = process.env.HOME;", "process"],
    ["the console", "console.log(1);", "console"],
    ["the global object", "globalThis.Date.now();", "globalThis"],
    ["its own address", "export const here = import.meta.url;", "import.meta"],
  ])("refuse %s", (_, source, what) => {
    for (const room of ["server/orchestration", "server/access"]) {
      expect(judge(`${room}/rule.ts`, source)).toContain(
        `${room}/rule.ts:1 ${room} is pure, but uses ${what}; take it as an argument`,
      );
    }
  });

  it("refuse builtins, libraries, fresh ids and late imports", () => {
    expect(judge("server/orchestration/rule.ts", 'import { randomUUID } from "node:crypto";')).toEqual([
      "server/orchestration/rule.ts:1 server/orchestration may not import node:crypto",
    ]);
    expect(judge("server/orchestration/rule.ts", 'import { z } from "zod";')).toEqual([
      "server/orchestration/rule.ts:1 server/orchestration may not import the library zod",
    ]);
    expect(judge("server/orchestration/rule.ts", 'import { newId } from "@sluice/schemas";')).toEqual([
      "server/orchestration/rule.ts:1 server/orchestration is pure, but uses newId; take the id as an argument",
    ]);
    expect(judge("server/orchestration/rule.ts", 'const x = await import("./filler.ts");')).toEqual([
      "server/orchestration/rule.ts:1 server/orchestration is pure, but loads modules while it runs",
    ]);
  });

  it("allow dates made from arguments, and names that only look like the world", () => {
    const source = `
      interface Job { readonly process: string; fetch(): void }
      export const at = (moment: number, process: { pid: number }) => [new Date(moment), process.pid];
      export const of = (job: Job) => ({ console: job.process, run: job.fetch });
      export const name = ({ crypto }: { crypto: string }) => crypto;`;
    expect(judge("server/orchestration/rule.ts", source)).toEqual([]);
  });

  it("let their tests read the clock", () => {
    expect(judge("server/orchestration/rule.test.ts", "const started = Date.now();")).toEqual([]);
  });
});

describe("the check itself", () => {
  it("finds rings of imports, also of types", () => {
    const files = {
      "server/api/a.ts": 'import "./b.ts";',
      "server/api/b.ts": 'import type { C } from "./c.ts";',
    };
    expect(judge("server/api/c.ts", 'export { a } from "./a.ts";', files)).toEqual([
      expect.stringContaining("import cycle: server/api/a.ts ↔ server/api/b.ts ↔ server/api/c.ts"),
    ]);
  });

  it("finds a file that imports itself, and no ring where there is none", () => {
    expect(findCycles(new Map([["a", ["a"]]]))).toEqual([["a"]]);
    expect(
      findCycles(
        new Map([
          ["a", ["b", "c"]],
          ["b", ["c"]],
          ["c", []],
        ]),
      ),
    ).toEqual([]);
  });

  it("fails when a room has no sources, or nothing but tests", () => {
    const room: Room = { name: "server/api", folder: "server/api", mayImport: [], builtins: true };
    const look = (files: [string, string][]) =>
      checkBoundaries({ files: new Map(files), workspaces: [], devDependencies: [] }, [room]).violations;
    expect(look([])).toHaveLength(1);
    expect(look([["server/api/x.test.ts", "export {};"]])).toHaveLength(1);
    expect(look([["server/api/x.ts", "export {};"]])).toHaveLength(0);
  });

  it("fails on a file that belongs to no room", () => {
    expect(judge("server/drawer/x.ts", "export {};")).toEqual([
      "server/drawer/x.ts:1 belongs to no room; add its folder to tools/boundaries/rooms.ts",
    ]);
  });

  it("refuses to judge a file that does not parse", () => {
    expect(() => judge("server/api/x.ts", "import {")).toThrow("server/api/x.ts does not parse");
  });
});

describe("this repository", () => {
  it("keeps its own table", () => {
    const report = checkBoundaries(readRepository(new URL("../..", import.meta.url).pathname), ROOMS);
    expect(report.violations).toEqual([]);
  });
});
