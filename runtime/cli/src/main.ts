/**
 * Runs one command line. Exit codes: 0 done, 1 could not be done, 2 wrongly used.
 */
import { CommanderError } from "commander";
import { Context, type GlobalOptions } from "./context.ts";
import { describeFailure } from "./failures.ts";
import { makeProgram } from "./program.ts";
import { colorsFor, type Streams } from "./streams.ts";

/** @param args the words after `sluice` */
export async function main(
  args: readonly string[],
  streams: Streams = process,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  ignoreClosedPipe(streams.stdout);
  const context: Context = new Context(streams, env, () => program.opts<GlobalOptions>());
  const program = makeProgram(context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said what is wrong
    const { message, advice } = await describeFailure(error);
    const colors = colorsFor(streams.stderr, env);
    context.say(`${colors.red("error")}: ${message}`);
    if (advice) context.say(advice);
    return 1;
  } finally {
    await context.close();
  }
}

/** `sluice flow-run ls | head -1` closes the pipe early; that is no failure. */
function ignoreClosedPipe(stdout: Streams["stdout"]): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
