/**
 * Adds the optional packages of other platforms to package-lock.json, where the registry that npm asked did not have them.
 * Without them the lock file counts as out of date and `npm ci` refuses it, on every platform. Run after `npm install`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = [
  "arm64",
  "arm",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "wasm32",
  "x64",
];

const added = [];
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(place, name) || !/^\d/.test(version)) continue;
    const words = name.split(/[-/]/);
    const system = SYSTEMS.find((one) => words.includes(one));
    const processor = PROCESSORS.find(
      (one) => words.includes(one) || (one === "arm" && words.includes("arm")),
    );
    if (!system || !processor) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [processor],
      ...(entry.dev && { dev: true }),
      ...libc(system, words),
      optional: true,
      os: [system],
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length > 0) {
  const packages = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(packages);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(
  added.length > 0
    ? `Added to package-lock.json:\n  ${added.join("\n  ")}`
    : "package-lock.json is complete.",
);

/** Where Node would look for `name` from `place`. */
function isLocked(place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const prefix = folder === "" ? "" : `${folder}/`;
    if (lock.packages[`${prefix}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

function libc(system, words) {
  if (system !== "linux") return {};
  if (words.includes("musl")) return { libc: ["musl"] };
  return words.includes("gnu") ? { libc: ["glibc"] } : {};
}
