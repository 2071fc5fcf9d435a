/**
 * One PostgreSQL server for all test files of a run, started when the first of them asks for it. Files ask over a local
 * socket, because they run in other threads or processes than this setup.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { findPostgresPrograms, startPostgresCluster } from "./postgres-cluster.js";
const MISSING =
  "PostgreSQL was not found (neither on PATH nor in /usr/lib/postgresql/*/bin): its tests are skipped.";
let folder;
let server;
let starting;
export async function setup(project) {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-tests-"));
  const socket = path.join(folder, "postgres.sock");
  server = createServer((connection) => {
    starting ??= start();
    const answered = starting.then(
      (cluster) => (cluster === null ? { missing: MISSING } : { url: cluster.url }),
      (error) => ({ missing: String(error) }),
    );
    connection.on("error", () => undefined);
    void answered.then((answer) => connection.end(JSON.stringify(answer)));
  });
  await listening(server, socket);
  project.provide("postgresSocket", socket);
}
export async function teardown() {
  server.close();
  const cluster = await starting?.catch(() => null);
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}
async function start() {
  const programs = await findPostgresPrograms();
  if (programs !== null) return startPostgresCluster(programs);
  console.warn(MISSING);
  return null;
}
function listening(server, socket) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
}
//# sourceMappingURL=global-setup.js.map
