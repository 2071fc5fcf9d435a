/** Steps that bring a flow's code to the process of its run (protocol section 5.9). */
import { DefinitionError } from "./errors.ts";
import type { JsonObject } from "./transport/wire.ts";

type PullStep = (inputs: JsonObject) => string | Promise<string>;

const STEPS: Readonly<Record<string, PullStep>> = {
  set_working_directory: ({ directory }) => {
    if (typeof directory !== "string") {
      throw new DefinitionError("Pull step set_working_directory needs a directory.");
    }
    return directory;
  },
};

/** Runs the steps in their order. The folder that the last one leaves; null when there is no step. */
export async function runPullSteps(steps: readonly JsonObject[]): Promise<string | null> {
  let folder: string | null = null;
  for (const step of steps) {
    const [name, inputs] = Object.entries(step)[0] ?? ["", {}];
    const run = STEPS[name.replace(/^(?:prefect\.deployments\.steps\.)?/, "")];
    if (!run) {
      throw new DefinitionError(
        `Pull step '${name}' is not known. Known steps: ${Object.keys(STEPS).join(", ")}.`,
      );
    }
    folder = await run(inputs as JsonObject); // a step's value is an object of inputs
    process.chdir(folder);
  }
  return folder;
}
