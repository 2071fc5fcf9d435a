/** The bound on a run's parameters: they travel with every read of the run. */
import type { JsonObject } from "@sluice/schemas";

/** Why parameters are too large, in the contract's words, or null. `limitBytes` bounds their JSON text in UTF-8. */
export function parameterSizeProblem(parameters: JsonObject, limitBytes: number): string | null {
  const size = Buffer.byteLength(JSON.stringify(parameters));
  if (size <= limitBytes) return null;
  const [limit, actual] = [limitBytes, size].map((bytes) => bytes.toLocaleString("en-US"));
  return `Flow run parameters must be less than ${limit} bytes when serialized (got ${actual} bytes).`;
}
