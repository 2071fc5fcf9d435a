/** Serves the background tasks; the argument says how many runs go on at once. Says when it has come to its end. */
import { serveTasks } from "@sluice/sdk";
import { add, dated, echo, failing, thirdTime, untilFile, untilFileAgain } from "./background-tasks.ts";

const [, , limit = "10", which = ""] = process.argv;
const slow = which === "again" ? untilFileAgain : untilFile;
await serveTasks([add, echo, failing, thirdTime, slow, dated], { limit: Number(limit) });
console.log("served");
