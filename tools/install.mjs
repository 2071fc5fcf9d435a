/**
 * What has to work before anything is installed: plain JavaScript for any Node from 18 on, with Node's own modules only.
 * It installs the dependencies when they are missing or not those of package-lock.json, and starts a script under the
 * Node 24 that they bring along.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = 18;

/** Installs with `npm ci` when node_modules isn't what package-lock.json says; exits with npm's code when that fails. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE)
    stop(`Node ${process.versions.node} is too old to begin with; any Node from ${OLDEST_NODE} on will do.`);
  if (!isInstalled()) {
    console.error("Installing dependencies (npm ci) …");
    const { status, error } = runNpm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    if (error) stop(`npm could not be started: ${error.message}`);
    if (status !== 0) stop("npm ci failed; its message is above.", status ?? 1);
  }
  if (!existsSync(projectNode())) {
    stop(
      "Node 24 is missing from node_modules: its install script did not run. Try: npm ci --ignore-scripts=false",
    );
  }
}

/** Runs a TypeScript file of this repository under the project's Node 24 and exits with its code. */
export function runUnderProjectNode(file, args, options = {}) {
  const child = spawn(
    projectNode(),
    ["--conditions=source", "--disable-warning=ExperimentalWarning", join(root, file), ...args],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        PATH: `${join(root, "node_modules", ".bin")}${delimiter()}${process.env.PATH ?? ""}`,
      },
      ...options,
    },
  );
  // Ctrl-C reaches the whole process group by itself; the child decides when it has stopped.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

/**
 * npm leaves a copy of what it installed in node_modules/.package-lock.json, written last; so a broken-off install has
 * none, and a changed lock file differs from it.
 */
function isInstalled() {
  const wanted = readLock(join(root, "package-lock.json"));
  const present = readLock(join(root, "node_modules", ".package-lock.json"));
  if (!wanted) stop("package-lock.json is missing; is this a complete clone?");
  if (!present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) return true;
    const found = present[path];
    if (!found) return entry.optional === true || entry.devOptional === true;
    return (
      found.version === entry.version &&
      found.integrity === entry.integrity &&
      found.resolved === entry.resolved
    );
  });
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function runNpm(args) {
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const npm = process.env.npm_execpath;
  if (npm && /\.c?js$/.test(npm)) return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

function projectNode() {
  return join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

function delimiter() {
  return process.platform === "win32" ? ";" : ":";
}

function stop(message, code = 1) {
  console.error(message);
  process.exit(code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
