#!/usr/bin/env node
// The `sluice` command. Plain JavaScript that old Nodes can read, so that they get a sentence and not a syntax error.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;

const major = Number(process.versions.node.split(".")[0]);
if (major < OLDEST_NODE) {
  console.error(
    `sluice needs Node ${OLDEST_NODE} or later, this is ${process.versions.node}. See https://nodejs.org`,
  );
  process.exit(1);
}

const isClone = existsSync(new URL("../src", import.meta.url));
if (isClone && !process.execArgv.includes("--conditions=source")) {
  rerunWithSources();
} else {
  module.enableCompileCache();
  const { main } = await import("@sluice/cli");
  process.exitCode = await main(process.argv.slice(2));
}

/** In a clone the command runs the sources, which takes a flag that only a new process can have. */
function rerunWithSources() {
  const args = ["--conditions=source", fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  // Ctrl-C reaches the whole process group by itself; the child decides when it has stopped.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
