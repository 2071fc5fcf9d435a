/** The house as data: which folder is which room, and whom a room may import. */

export interface Room {
  readonly name: string;
  /** Folder from the repository's root; a file belongs to the room with the longest folder that holds it. */
  readonly folder: string;
  /** Rooms whose files it may import; its own always. "anything" is for rooms that stand outside the product. */
  readonly mayImport: readonly string[] | "anything";
  /** npm packages it may import; absent: every dependency that its package.json declares. */
  readonly libraries?: readonly string[];
  /** False: no `node:` modules. */
  readonly builtins: boolean;
  /** True: no clock, chance, process or input and output, and no `import(…)`: time and ids are arguments. */
  readonly pure?: true;
  /** Rooms that may only be imported by `import(…)`, so that the module graph is loaded when it is needed. */
  readonly lazily?: readonly string[];
  /** True: may reach behind another package's door (tests of the inside, tools). */
  readonly behindDoors?: true;
}

const EVERY_SERVER_ROOM = [
  "server/access",
  "server/orchestration",
  "server/store",
  "server/store-sql",
  "server/store-sqlite",
  "server/store-postgres",
  "server/events",
  "server/commands",
  "server/api",
  "server/services",
];

const SCHEMAS = "contract/schemas";
const CLIENT = "contract/client";

export const ROOMS: readonly Room[] = [
  room(SCHEMAS, [], { builtins: false, libraries: ["zod", "zod-openapi", "uuid"] }),
  room(CLIENT, [SCHEMAS]),

  room("server/orchestration", [SCHEMAS], {
    builtins: false,
    libraries: ["croner", "rrule-temporal", "temporal-polyfill"],
    pure: true,
  }),
  room("server/access", [SCHEMAS], { builtins: false, libraries: [], pure: true }),
  room("server/store", [SCHEMAS]),
  room("server/store-sql", [SCHEMAS, "server/store"], { libraries: ["kysely"] }),
  room("server/store-sqlite", [SCHEMAS, "server/store", "server/store-sql"], { libraries: ["kysely"] }),
  room("server/store-postgres", [SCHEMAS, "server/store", "server/store-sql"], {
    libraries: ["kysely", "pg"],
  }),
  room("server/events", [SCHEMAS, "server/store"]),
  room("server/commands", [
    SCHEMAS,
    "server/access",
    "server/orchestration",
    "server/store",
    "server/events",
  ]),
  // Of events only the ports of its sockets and streams; writes go through commands.
  room("server/api", [SCHEMAS, "server/access", "server/commands", "server/store", "server/events"]),
  room("server/services", [SCHEMAS, "server/store", "server/events", "server/commands"]),
  room("server/main", [SCHEMAS, ...EVERY_SERVER_ROOM]),

  room("runtime/sdk", [SCHEMAS, CLIENT]),
  room("runtime/cli", [SCHEMAS, CLIENT, "runtime/sdk", "server/main"], { lazily: ["server/main"] }),
  // The package that brings everything together: it gives the SDK its embedded server.
  room("runtime/sluice", [SCHEMAS, CLIENT, "runtime/sdk", "runtime/cli", "server/main"]),

  room("examples", ["runtime/sluice", "runtime/sdk"]),
  room("testing", "anything", { behindDoors: true }),
  room("conformance", "anything", { behindDoors: true }),
  room("bench", "anything", { behindDoors: true }),
  room("tools", "anything", { behindDoors: true }),
];

/** Rooms that only tests, and tools around the product, may import. */
export const TEST_ROOMS: ReadonlySet<string> = new Set([
  "testing",
  "conformance",
  "bench",
  "tools",
  "examples",
]);

function room(
  folder: string,
  mayImport: Room["mayImport"],
  rest: Partial<Omit<Room, "name" | "folder" | "mayImport">> = {},
): Room {
  return { name: folder, folder, mayImport, builtins: true, ...rest };
}
