/** The bound on parameters in bodies. */
import type { JsonObject } from "@sluice/schemas";
import { parameterSizeProblem } from "../../commands/parameter-size.ts";
import { InvalidRequest } from "../edge/invalid-request.ts";

/** @throws InvalidRequest */
export function refuseLargeParameters(parameters: JsonObject | null | undefined, limitBytes: number): void {
  if (!parameters) return;
  const problem = parameterSizeProblem(parameters, limitBytes);
  if (problem === null) return;
  // Without the input: sending half a megabyte back explains nothing.
  throw invalidBody(["parameters"], problem, null);
}

/** A body that is well-formed and wrong: 422 with the words at a place in it. */
export function invalidBody(place: readonly string[], words: string, input: unknown): InvalidRequest {
  const detail = {
    type: "value_error",
    loc: ["body", ...place],
    msg: `Value error, ${words}`,
    input,
    ctx: { error: {} },
  };
  return new InvalidRequest([detail], input);
}
