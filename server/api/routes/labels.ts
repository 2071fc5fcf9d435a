/** Labels in a body that is nothing but labels. */
import type { JsonObject, Labels } from "@sluice/schemas";
import { InvalidRequest } from "../edge/invalid-request.ts";

/** @throws InvalidRequest for a value that is not text, a number, true or false */
export function readLabels(body: JsonObject): Labels {
  const wrong = Object.entries(body).filter(([, value]) => !isLabelValue(value));
  if (wrong.length === 0) return body as Labels; // every value was looked at
  const details = wrong.map(([key, input]) => ({
    type: "value_error",
    loc: ["body", key],
    msg: "Value error, a label is a string, a number or a boolean",
    input,
  }));
  throw new InvalidRequest(details, body);
}

function isLabelValue(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
