/** Loads each entrypoint of the arguments after the folder, and prints what came of it. In plain Node, as users run it. */
import { loadFlowFromEntrypoint } from "../load-flow.ts";

const [folder, ...entrypoints] = process.argv.slice(2);
const outcomes: Record<string, unknown> = {};
for (const entrypoint of entrypoints) {
  try {
    const flow = await loadFlowFromEntrypoint(entrypoint, folder);
    outcomes[entrypoint] = { flow: flow.name, value: await (flow.fn as (parameters: object) => unknown)({}) };
  } catch (error) {
    outcomes[entrypoint] = { error: (error as Error).name, message: (error as Error).message };
  }
}
console.log(JSON.stringify(outcomes));
