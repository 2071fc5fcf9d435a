/** A flow run's parameters on their way from the call to the function. */
import { collectInputs, resolveInputs } from "../inputs.ts";
import { serializeParameters, validateParameters } from "../parameters.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowDefinition } from "./flow-definition.ts";

export type Parameters = Readonly<Record<string, unknown>>;

/** What was given, with the schema's defaults for the rest; the values themselves aren't coerced. */
export async function withDefaults(flow: FlowDefinition, parameters: Parameters): Promise<Parameters> {
  try {
    return { ...(await checkParameters(flow, parameters)), ...parameters };
  } catch {
    // Told when the run begins; parameters that are still futures fit then.
    return parameters;
  }
}

/**
 * The parameters as the flow's schema makes them.
 * @throws ParameterTypeError
 */
export async function checkParameters(flow: FlowDefinition, parameters: Parameters): Promise<Parameters> {
  const { parameterSchema, validatesParameters, name } = flow;
  if (!parameterSchema || !validatesParameters) return parameters;
  return validateParameters(name, parameterSchema, parameters);
}

/**
 * Waits for the futures among the parameters. The run was made before their values were there, so it is told of them.
 * @throws UpstreamTaskError
 */
export async function resolveParameters(
  transport: Transport,
  flowRunId: string,
  parameters: Parameters,
): Promise<Parameters> {
  if (!collectInputs(parameters, null).needsResolving) return parameters;
  const resolved = await resolveInputs(parameters);
  await transport.updateFlowRun(flowRunId, { parameters: serializeParameters(resolved) });
  return resolved;
}
