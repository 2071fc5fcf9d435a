/** Compares schedules with what the real Prefect makes of them. usage: compare-schedules.ts GOLDENS; exits 1 on a difference. */
import { readFileSync } from "node:fs";
import { ourDates, parseGoldens } from "../server/orchestration/schedules/fixtures/goldens.ts";

const [, , path = ""] = process.argv;
const goldens = parseGoldens(readFileSync(path, "utf8"));
const compared = goldens.filter(({ dates }) => dates !== null);
const different = compared.filter(
  (golden) => JSON.stringify(ourDates(golden)) !== JSON.stringify(golden.dates),
);
for (const golden of different) {
  console.error(JSON.stringify({ ...golden, ours: ourDates(golden) }));
}
console.log(`${compared.length} of ${goldens.length} schedules compared, ${different.length} different`);
process.exit(different.length > 0 || compared.length === 0 ? 1 : 0);
