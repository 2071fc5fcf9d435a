/** A place for an SQLite file in a temporary folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
/** The file does not exist yet; it goes with its folder. Close whatever has it open first. */
export async function temporaryDatabaseFile() {
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-sqlite-"));
  return {
    path: path.join(folder, "sluice.db"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
//# sourceMappingURL=sqlite.js.map
