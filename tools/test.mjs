/** `npm test`: install what is missing and run every test. Arguments go to vitest: `npm test -- server/api`. */
import { ensureInstalled, runUnderProjectNode } from "./install.mjs";

ensureInstalled();
runUnderProjectNode("node_modules/vitest/vitest.mjs", ["run", ...process.argv.slice(2)]);
