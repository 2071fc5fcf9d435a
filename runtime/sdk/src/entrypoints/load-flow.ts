/** Loading flows from the modules that export them. */
import { describeError } from "../errors.ts";
import { type Flow, flowDefinitionOf, isFlow } from "../flow.ts";
import { type Entrypoint, parseEntrypoint } from "./entrypoint.ts";
import { EntrypointError } from "./entrypoint-error.ts";
import { importEntrypointModule } from "./import-module.ts";

/** A flow of parameters that aren't known here. */
export type LoadedFlow = Flow<never, unknown>;

/**
 * Loads the flow that an entrypoint names: `path/file.ts:exportName`, `package/module:exportName`, or without a name
 * when the module exports one flow. TypeScript needs no build step.
 *
 * @param folder where relative paths start. Default: the current folder
 * @throws EntrypointError naming file and export: no such file, no such export, not a flow, or the module fails
 */
export async function loadFlowFromEntrypoint(
  entrypoint: string,
  folder: string = process.cwd(),
): Promise<LoadedFlow> {
  const parsed = parseEntrypoint(entrypoint, folder);
  const exported = await readExports(parsed, folder);
  const found = parsed.exportName === null ? onlyFlow(parsed, exported) : findFlow(parsed, exported);
  return found;
}

async function readExports(entrypoint: Entrypoint, folder: string): Promise<Record<string, unknown>> {
  try {
    return await importEntrypointModule(entrypoint.target, folder);
  } catch (error) {
    throw new EntrypointError(
      `Entrypoint '${entrypoint.text}': ${describeTarget(entrypoint)} could not be loaded: ${describeError(error)}`,
      { cause: error },
    );
  }
}

function findFlow(entrypoint: Entrypoint, exported: Record<string, unknown>): LoadedFlow {
  const name = entrypoint.exportName ?? "";
  if (Object.hasOwn(exported, name)) {
    const value = exported[name];
    if (isFlow(value)) return value;
    throw new EntrypointError(
      `Entrypoint '${entrypoint.text}': export '${name}' of ${describeTarget(entrypoint)} is not a flow but ${describeValue(value)}. Make one with flow().`,
    );
  }
  // A process that serves its own flows can't see under which names its module exports them.
  const match = flowsIn(exported).find(
    ([, flow]) => flow.name === name || flowDefinitionOf(flow).fn.name === name,
  );
  if (match) return match[1];
  throw new EntrypointError(
    `Entrypoint '${entrypoint.text}': ${describeTarget(entrypoint)} has no export '${name}'. ${describeFlows(exported)}`,
  );
}

function onlyFlow(entrypoint: Entrypoint, exported: Record<string, unknown>): LoadedFlow {
  const flows = flowsIn(exported);
  const [first] = flows;
  if (first && flows.length === 1) return first[1];
  throw new EntrypointError(
    `Entrypoint '${entrypoint.text}' names no export of ${describeTarget(entrypoint)}. ${describeFlows(exported)} Write path/file.ts:exportName.`,
  );
}

/** The same flow may be exported under two names. */
function flowsIn(exported: Record<string, unknown>): [name: string, flow: LoadedFlow][] {
  const flows = new Map<LoadedFlow, string>();
  for (const [name, value] of Object.entries(exported)) {
    if (isFlow(value) && !flows.has(value)) flows.set(value, name);
  }
  return Array.from(flows, ([flow, name]) => [name, flow]);
}

function describeFlows(exported: Record<string, unknown>): string {
  const names = flowsIn(exported).map(([name]) => `'${name}'`);
  return names.length === 0 ? "It exports no flows." : `It exports the flows ${names.join(", ")}.`;
}

function describeTarget({ target }: Entrypoint): string {
  return target.kind === "file" ? target.path : `module '${target.specifier}'`;
}

function describeValue(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? `an object (${value.constructor?.name})` : `a ${typeof value}`;
}
