#!/usr/bin/env node
// Plain JavaScript that any Node understands, so that an old one gets a sentence instead of a syntax error.
import { existsSync } from "node:fs";

const OLDEST_MAJOR = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST_MAJOR) {
  process.stderr.write(
    `sluice needs Node ${OLDEST_MAJOR} or later, but this is ${process.version} (${process.execPath}). ` +
      "Install it from https://nodejs.org, or into this project with: npm install node@24\n",
  );
  process.exitCode = 1;
} else if (isClone() && !process.execArgv.includes("--conditions=source")) {
  await rerunWithSources();
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  const { main } = await import("@sluice/cli");
  process.exitCode = await main(process.argv.slice(2));
}

/** Published packages have no sources. */
function isClone() {
  return existsSync(new URL("../src", import.meta.url));
}

/** In a clone the command runs the sources, which takes a flag that only a new process can have. */
async function rerunWithSources() {
  const { spawn } = await import("node:child_process");
  const { fileURLToPath } = await import("node:url");
  const args = ["--conditions=source", fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // Ctrl-C reaches the whole process group by itself; the child decides when it has stopped.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
