/** Delays, or serves, a task without a server: both processes have the same database. */
import { task } from "sluice";

const double = task(async function double(number: number) {
  return 2 * number;
});

if (process.argv[2] === "serve") await double.serve();
else console.log(await double.delay(21));
