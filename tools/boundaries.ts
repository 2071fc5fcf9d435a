/**
 * Who may import whom: checks every import of every workspace against `boundaries/rooms.ts`. Part of `npm run lint`.
 * Exits 1 on a violation, and when a room that should have sources has none (a check that looks at nothing passes nothing).
 */
import { checkBoundaries } from "./boundaries/check-boundaries.ts";
import { readRepository } from "./boundaries/read-repository.ts";
import { ROOMS } from "./boundaries/rooms.ts";

const root = new URL("..", import.meta.url).pathname;
const { violations, filesByRoom } = checkBoundaries(readRepository(root), ROOMS);

for (const { file, line, message } of violations) console.error(`${file}:${line}  ${message}`);
const files = [...filesByRoom.values()].reduce((sum, count) => sum + count, 0);
console.log(`boundaries: ${files} files in ${filesByRoom.size} rooms, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
