/** A program that holds a lane in the spool folder `argv[2]` until it is killed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLane } from "../spool/lane.ts";

const lane = createLane(process.argv[2] ?? "");
writeFileSync(join(lane.folder, "events-1.log"), "kept");
process.send?.("held");
// Not left behind when the test that forked it is gone.
process.on("disconnect", () => process.exit());
setInterval(() => lane.folder, 1000);
