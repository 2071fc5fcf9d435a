/** Prints the table for docs/guides/settings.md: `node --conditions=source tools/docs/print-settings.ts`. */
import { settingsTable } from "./settings-table.ts";

console.log(settingsTable());
