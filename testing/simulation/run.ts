/** `npm run simulate -- --seed N`, or `--schedules N` from a seed on. */
import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: { seed: { type: "string" }, schedules: { type: "string" } },
});
const seed = Number(values.seed ?? 1);
const schedules = Number(values.schedules ?? (values.seed === undefined ? 10_000 : 1));

const start = performance.now();
const report = await simulate(seed, schedules);
const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(
  `${report.schedules} schedules from seed ${seed}: ${report.steps} steps, ${report.transitions} transitions, ` +
    `${report.kills} kills in ${seconds} s; no promise broken.`,
);
