/**
 * Values as forms send them: objects marked with `__prefect_kind` stand for the value they lead to (protocol section
 * 5.10). Kinds: `none` (the value as it is) and `json` (the value is JSON text); any other kind stands for its `value`.
 */
import type { JsonObject } from "@sluice/schemas";

/** A marked object that can't be turned into its value. */
export class HydrationError extends Error {
  override readonly name = "HydrationError";
}

/** Stands for "leave this out of what contains it". */
const REMOVED = Symbol("removed");

/** @throws HydrationError */
export function hydrateValues(values: JsonObject): unknown {
  const hydrated = hydrate(values);
  return hydrated === REMOVED ? {} : hydrated;
}

function hydrate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hydrate).filter((item) => item !== REMOVED);
  if (typeof value !== "object" || value === null) return value;
  if ("__prefect_kind" in value) return hydrateMarked(value);
  const entries = Object.entries(value).map(([key, item]) => [key, hydrate(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== REMOVED));
}

function hydrateMarked(marked: { readonly __prefect_kind: unknown; readonly value?: unknown }): unknown {
  switch (marked.__prefect_kind) {
    case "none":
      if (!("value" in marked)) throw new HydrationError("Missing 'value' key in __prefect object");
      return hydrate(marked.value);
    case "json":
      return "value" in marked ? hydrateJson(marked.value) : REMOVED;
    default:
      return marked.value ?? null;
  }
}

function hydrateJson(value: unknown): unknown {
  const text = typeof value === "object" && !Array.isArray(value) ? hydrate(value) : value;
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new HydrationError(`Invalid JSON: ${detail}`, { cause: error });
  }
}
