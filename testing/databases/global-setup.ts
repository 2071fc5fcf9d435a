/**
 * One PostgreSQL server for all test files of a run, started when the first of them asks for it. Files ask over a local
 * socket, because they run in other threads or processes than this setup.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { findPostgresPrograms, type PostgresCluster, startPostgresCluster } from "./postgres-cluster.ts";

/** What a test file is told: where the server is, or why there is none. */
export type PostgresAnswer = { readonly url: string } | { readonly missing: string };

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the socket that answers with a {@link PostgresAnswer}. */
    readonly postgresSocket: string;
  }
}

const MISSING =
  "PostgreSQL was not found (neither on PATH nor in /usr/lib/postgresql/*/bin): its tests are skipped.";

let folder: string;
let server: Server;
let starting: Promise<PostgresCluster | null> | undefined;

export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-tests-"));
  const socket = path.join(folder, "postgres.sock");
  server = createServer((connection) => {
    starting ??= start();
    const answered = starting.then(
      (cluster): PostgresAnswer => (cluster === null ? { missing: MISSING } : { url: cluster.url }),
      (error: unknown): PostgresAnswer => ({ missing: String(error) }),
    );
    connection.on("error", () => undefined);
    void answered.then((answer) => connection.end(JSON.stringify(answer)));
  });
  await listening(server, socket);
  project.provide("postgresSocket", socket);
}

export async function teardown(): Promise<void> {
  server.close();
  const cluster = await starting?.catch(() => null);
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function start(): Promise<PostgresCluster | null> {
  const programs = await findPostgresPrograms();
  if (programs !== null) return startPostgresCluster(programs);
  console.warn(MISSING);
  return null;
}

function listening(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
}
