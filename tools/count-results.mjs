/**
 * Counts what a step of `.ci/run` proved: prints "<passed> <failed>".
 * Arguments: the step's results without extension (`.json` of vitest, `.xml` of pytest, or neither), its exit code.
 * A step that failed has at least one failure, whatever its results say; a suite that ran nothing has failed.
 */
import { existsSync, readFileSync } from "node:fs";

const [results = "", code = "1"] = process.argv.slice(2);

const { passed, failed } = readCounts();
const hasFailed = code !== "0" || passed + failed === 0;
console.log(`${passed} ${Math.max(failed, hasFailed ? 1 : 0)}`);

function readCounts() {
  if (existsSync(`${results}.json`)) {
    const report = JSON.parse(readFileSync(`${results}.json`, "utf8"));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  }
  if (existsSync(`${results}.xml`)) {
    const suite = /<testsuite [^>]*>/.exec(readFileSync(`${results}.xml`, "utf8"))?.[0] ?? "";
    const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const unhappy = count("failures") + count("errors");
    return { passed: count("tests") - unhappy - count("skipped"), failed: unhappy };
  }
  return { passed: code === "0" ? 1 : 0, failed: 0 };
}
