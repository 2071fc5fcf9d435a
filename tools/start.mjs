/** `npm start`: install what is missing, start the server, run the tour, stay up. */
import { ensureInstalled, runUnderProjectNode } from "./install.mjs";

ensureInstalled();
runUnderProjectNode("tools/tour/main.ts", process.argv.slice(2));
