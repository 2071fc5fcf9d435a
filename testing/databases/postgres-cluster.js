/**
 * A throw-away PostgreSQL server: its own data folder in the temporary one, a free port on the loopback interface, no
 * password. It ends and its folder goes when it is stopped, and also when this process ends in any way.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "../free-port.js";
const run = promisify(execFile);
/** The folder of the server's programs: that of PATH, or Debian's newest; null when there are none. */
export async function findPostgresPrograms() {
    const onPath = (process.env["PATH"] ?? "").split(path.delimiter);
    const ofDebian = await debianFolders("/usr/lib/postgresql");
    return [...onPath, ...ofDebian].find((folder) => folder !== "" && hasPrograms(folder)) ?? null;
}
/** @throws when the server doesn't start; the message ends with its log */
export async function startPostgresCluster(programs, options = {}) {
    const owner = await serverOwner();
    const folder = await mkdtemp(path.join(tmpdir(), "sluice-postgres-"));
    if (owner)
        await chown(folder, owner.uid, owner.gid);
    const port = await freePort();
    const server = spawn("sh", ["-c", SUPERVISOR, "sluice-postgres", programs, folder, String(port)], {
        ...owner,
        // A session of its own, so that Ctrl-C reaches us and not it; the pipe tells it that we are gone.
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
        env: {
            ...process.env,
            SERVER_OPTIONS: options.isDurable
                ? ""
                : "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
        },
        cwd: folder,
    });
    const ended = new Promise((resolve) => server.once("exit", () => resolve()));
    server.unref();
    server.stdin.on("error", () => undefined);
    const url = `postgres://sluice@127.0.0.1:${port}/postgres`;
    const stop = async () => {
        server.ref();
        server.stdin.end();
        await ended;
    };
    try {
        await untilItAnswers(url, ended);
    }
    catch (error) {
        const log = await readFile(path.join(folder, "log"), "utf8").catch(() => "");
        await stop();
        throw new Error(`The PostgreSQL server for tests in ${folder} did not start.\n${log}`, { cause: error });
    }
    return { url, stop };
}
/** Makes an empty database with a name of its own. */
export async function createDatabase(cluster) {
    const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
    await withClient(cluster.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(cluster.url);
    url.pathname = `/${name}`;
    return {
        url: url.toString(),
        drop: async () => {
            await withClient(cluster.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
        },
    };
}
/**
 * Makes the cluster and runs the server until standard input ends, then stops it fast and removes all. `$1` is the
 * folder of programs, `$2` ours, `$3` the port.
 */
const SUPERVISOR = `
trap '' INT TERM HUP
cd "$2" || exit 1
{
  "$1/initdb" -D data -U sluice --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync ||
    "$1/initdb" -D data -U sluice --auth=trust --encoding=UTF8 --locale=C --no-sync
  "$1/postgres" -D data -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 -c shared_buffers=64MB $SERVER_OPTIONS &
} >log 2>&1 </dev/null
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server"
cd /
rm -rf "$2"
`;
/** The server refuses to run as root: root starts it as the account that Debian made for it, or as nobody. */
async function serverOwner() {
    if (process.getuid?.() !== 0)
        return null;
    for (const name of ["postgres", "nobody"]) {
        try {
            const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
            return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
        }
        catch {
            // No such account: try the next.
        }
    }
    throw new Error("PostgreSQL does not run as root, and there is no account `postgres` or `nobody` here.");
}
async function untilItAnswers(url, ended) {
    let hasEnded = false;
    void ended.then(() => {
        hasEnded = true;
    });
    const deadline = Date.now() + 60_000;
    for (;;) {
        try {
            await withClient(url, (client) => client.query("SELECT 1"));
            return;
        }
        catch (error) {
            if (hasEnded || Date.now() > deadline)
                throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
async function withClient(url, work) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
        await client.connect();
        return await work(client);
    }
    finally {
        await client.end().catch(() => undefined);
    }
}
async function debianFolders(root) {
    const versions = await readdir(root).catch(() => []);
    return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => path.join(root, version, "bin"));
}
function hasPrograms(folder) {
    return ["initdb", "postgres"].every((program) => existsSync(path.join(folder, program)));
}
//# sourceMappingURL=postgres-cluster.js.map