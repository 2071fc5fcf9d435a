/**
 * The process of one flow run of a deployment. Whoever started it says which run in `PREFECT__FLOW_RUN_ID`, tells it over
 * the channel between the two to look at the run when somebody has cancelled it, and outlives it.
 */
import { closeConnection } from "../connection.ts";
import { lookAtRuns } from "../engine/run-watch.ts";
import { describeError } from "../errors.ts";
import { executeDeployedFlowRun } from "../execute-deployed-run.ts";
import { flushTerminal, writeTerminalLine } from "../logging/terminal.ts";
import { TERM_SECONDS } from "./termination.ts";

let isRunOver = false;
process.on("message", lookAtRuns);
process.on("disconnect", endAlone);
process.channel?.unref();

const embedding = process.env.SLUICE__EMBEDDING_MODULE;
if (embedding) await import(embedding);

try {
  const { future } = await executeDeployedFlowRun(process.env.PREFECT__FLOW_RUN_ID ?? "");
  await future.wait();
  await leave(0, future.state.isCancelled());
} catch (error) {
  writeTerminalLine(describeError(error));
  await leave(1, false);
}

/** Code that was told to stop gets the time to do so: whoever started the process ends it if it takes too long. */
async function leave(code: number, isCodeStopping: boolean): Promise<void> {
  await closeConnection();
  flushTerminal();
  process.exitCode = code;
  isRunOver = true;
  if (!isCodeStopping) process.exit();
}

/** Nobody would end this process any more, or say how it ended. */
function endAlone(): void {
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), TERM_SECONDS * 1000).unref();
  if (!isRunOver) process.kill(process.pid, "SIGTERM");
}
