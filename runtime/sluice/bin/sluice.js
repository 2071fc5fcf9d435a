#!/usr/bin/env node
// Plain JavaScript that any Node understands, so that an old one gets a sentence instead of a syntax error.
const OLDEST_MAJOR = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST_MAJOR) {
  process.stderr.write(
    `sluice needs Node ${OLDEST_MAJOR} or later, but this is ${process.version} (${process.execPath}). ` +
      "Install it from https://nodejs.org, or into this project with: npm install node@24\n",
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  const { main } = await import("@sluice/cli");
  process.exitCode = await main(process.argv.slice(2));
}
