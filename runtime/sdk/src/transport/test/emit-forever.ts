/**
 * A program that emits numbered events to `argv[2]` and ends as `argv[4]` says; it prints the number of each event
 * after it handed it over. `argv[3]` is how many.
 */
import { resolveSettings } from "../../settings.ts";
import { openTransport } from "../open-transport.ts";
import { numberedEvent, numberedLog } from "./transport-kit.ts";

const [apiUrl = "", count = "0", ending = "return"] = process.argv.slice(2);
const settings = resolveSettings();
const transport = await openTransport({ ...settings, apiUrl }, { report: () => {} });
for (let number = 0; number < Number(count); number += 1) {
  transport.emitEvent(numberedEvent(number));
  transport.writeLog(numberedLog(number));
}
// Not left behind when the test that forked it is gone.
process.on("disconnect", () => process.exit());
process.channel?.unref();
switch (ending) {
  case "flush":
    await transport.flush();
    process.send?.("flushed");
    setInterval(() => {}, 1000);
    break;
  case "throw":
    throw new Error("nobody catches this");
  case "exit":
    process.exit(3);
    break;
  default:
}
