/**
 * Checks every import of the repository against the table of rooms. Pure: sources in, violations out, so that it is
 * tested with bad sources made for the purpose.
 */
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { findCycles } from "./find-cycles.ts";
import { type Import, readSource } from "./read-source.ts";
import { type Room, TEST_ROOMS } from "./rooms.ts";

export interface Workspace {
  readonly name: string;
  readonly folder: string;
  /** Its doors: `.` or `./settings` to the source file behind it, from the repository's root. */
  readonly doors: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
}

export interface Repository {
  /** Path from the repository's root to source text. */
  readonly files: ReadonlyMap<string, string>;
  readonly workspaces: readonly Workspace[];
  /** Packages of the root's devDependencies: for tests and tools. */
  readonly devDependencies: readonly string[];
}

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Report {
  readonly violations: readonly Violation[];
  /** Product files looked at, by room: tests don't count, so that a room with nothing but tests shows as empty. */
  readonly filesByRoom: ReadonlyMap<string, number>;
}

/** Makers of fresh ids in contract/schemas: pure rooms get ids as arguments. */
const CHANCE_NAMES = new Set(["newId", "newRandomId"]);

const TEST_FILE = /\.(test|test-d)\.ts$|(^|\/)(tests?|suite|fixtures)\//;

/** Tests, their fixtures and shared suites. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}

export function checkBoundaries(repository: Repository, rooms: readonly Room[]): Report {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  const filesByRoom = new Map(rooms.map((room) => [room.name, 0]));

  for (const [file, source] of repository.files) {
    const room = roomOf(file, rooms);
    if (!room) {
      violations.push({
        file,
        line: 1,
        message: "belongs to no room; add its folder to tools/boundaries/rooms.ts",
      });
      continue;
    }
    if (!isTestFile(file)) filesByRoom.set(room.name, (filesByRoom.get(room.name) ?? 0) + 1);
    const facts = readSource(file, source);
    const edges: string[] = [];
    for (const found of facts.imports) {
      const verdict = judgeImport(found, { file, room, rooms, repository });
      if (verdict.target && found.kind !== "dynamic") edges.push(verdict.target);
      if (verdict.refusal) violations.push({ file, line: found.line, message: verdict.refusal });
    }
    graph.set(file, edges);
    if (room.pure && !isTestFile(file)) {
      for (const use of facts.worldUses) {
        violations.push({
          file,
          line: use.line,
          message: `${room.name} is pure, but uses ${use.what}; take it as an argument`,
        });
      }
    }
  }

  for (const room of rooms) {
    if (filesByRoom.get(room.name) === 0) {
      violations.push({
        file: room.folder,
        line: 1,
        message: "no source file seen in this room: was it moved, or is the check blind?",
      });
    }
  }
  for (const cycle of findCycles(graph)) {
    const [first = ""] = cycle;
    violations.push({ file: first, line: 1, message: `import cycle: ${cycle.toSorted().join(" ↔ ")}` });
  }
  return { violations, filesByRoom };
}

interface Place {
  readonly file: string;
  readonly room: Room;
  readonly rooms: readonly Room[];
  readonly repository: Repository;
}

/** Where an import leads inside the repository, if it does, and why it may not, if so. */
interface ImportVerdict {
  readonly target?: string;
  readonly refusal?: string;
}

function judgeImport(found: Import, place: Place): ImportVerdict {
  const { specifier } = found;
  const isTest = isTestFile(place.file);
  if (place.room.pure && !isTest && found.kind === "dynamic") {
    return { refusal: `${place.room.name} is pure, but loads modules while it runs` };
  }
  if (specifier === null) {
    if (isTest || place.room.folder.startsWith("runtime/") || place.room.behindDoors) return {};
    return { refusal: "a computed import can't be checked; name the module" };
  }
  if (specifier.startsWith(".")) return judgeRelative(found, specifier, place);
  if (isBuiltin(specifier)) return judgeBuiltin(specifier, place, isTest);
  const workspace = place.repository.workspaces.find((one) => packageName(specifier) === one.name);
  return workspace ? judgeDoor(found, specifier, workspace, place) : judgeLibrary(specifier, place, isTest);
}

function judgeBuiltin(specifier: string, { room }: Place, isTest: boolean): ImportVerdict {
  if (!specifier.startsWith("node:")) return { refusal: `write node:${specifier}` };
  if (room.builtins || isTest) return {};
  return { refusal: `${room.name} may not import ${specifier}` };
}

function judgeRelative(found: Import, specifier: string, place: Place): ImportVerdict {
  const target = join(dirname(place.file), specifier);
  if (!place.repository.files.has(target)) {
    if (/\.(json|sql|wasm|mjs|js)$/.test(target)) return {};
    return { refusal: `${specifier} names no source file; relative imports carry their extension` };
  }
  const leavesPackage =
    packageFolder(target, place.repository) !== packageFolder(place.file, place.repository);
  // Test rooms have no doors: whoever may import them takes the file.
  const isTestSupport = isTestFile(place.file) && TEST_ROOMS.has(roomOf(target, place.rooms)?.name ?? "");
  if (leavesPackage && !place.room.behindDoors && !isTestSupport) {
    return { target, refusal: `${specifier} reaches into another package; import it by its name` };
  }
  return judgeRoom(found, target, place);
}

function judgeDoor(found: Import, specifier: string, workspace: Workspace, place: Place): ImportVerdict {
  const door = `.${specifier.slice(workspace.name.length)}`;
  const target = workspace.doors[door];
  if (!target) return { refusal: `${workspace.name} has no door ${door}` };
  const refusal = declarationRefusal(workspace.name, place, isTestFile(place.file));
  return refusal ? { target, refusal } : judgeRoom(found, target, place);
}

function judgeRoom(found: Import, target: string, place: Place): ImportVerdict {
  const { room, file } = place;
  const theirs = roomOf(target, place.rooms);
  if (!theirs) return { target };
  if (isTestFile(file)) return { target };
  if (isTestFile(target) && !TEST_ROOMS.has(room.name)) return { target, refusal: `${target} is for tests` };
  if (theirs === room || room.mayImport === "anything") return { target };
  if (!room.mayImport.includes(theirs.name)) {
    return { target, refusal: `${room.name} may not import ${theirs.name} (${target})` };
  }
  if (room.lazily?.includes(theirs.name) && found.kind !== "dynamic" && found.kind !== "type") {
    return { target, refusal: `${room.name} may import ${theirs.name} only by import(…)` };
  }
  const chance = room.pure && found.names.find((name) => CHANCE_NAMES.has(name));
  if (chance)
    return { target, refusal: `${room.name} is pure, but uses ${chance}; take the id as an argument` };
  return { target };
}

function judgeLibrary(specifier: string, place: Place, isTest: boolean): ImportVerdict {
  const name = packageName(specifier);
  const { room } = place;
  if (room.libraries && !isTest && !room.libraries.includes(name)) {
    return { refusal: `${room.name} may not import the library ${name}` };
  }
  const refusal = declarationRefusal(name, place, isTest);
  return refusal ? { refusal } : {};
}

/** A package is imported only where its package.json says so; tests and tools may use whatever the repository has. */
function declarationRefusal(name: string, place: Place, isTest: boolean): string | null {
  const { repository, room, file } = place;
  const own = repository.workspaces.find((one) => one.folder === packageFolder(file, repository));
  if (own && (own.name === name || own.dependencies.includes(name))) return null;
  const isOutside = isTest || TEST_ROOMS.has(room.name);
  if (isOutside && repository.devDependencies.includes(name)) return null;
  const isKnown = repository.workspaces.some((one) => one.name === name || one.dependencies.includes(name));
  if (isOutside && isKnown) return null;
  return `${name} is not among the dependencies of ${own?.name ?? "the repository"}`;
}

function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  let best: Room | undefined;
  for (const room of rooms) {
    if (!file.startsWith(`${room.folder}/`)) continue;
    if (!best || room.folder.length > best.folder.length) best = room;
  }
  return best;
}

function packageFolder(file: string, { workspaces }: Repository): string {
  return workspaces.find((one) => file.startsWith(`${one.folder}/`))?.folder ?? file.split("/")[0] ?? "";
}

function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}
