/** The door of the CLI: `main` is what the `sluice` command runs. */
export { main } from "./main.ts";
