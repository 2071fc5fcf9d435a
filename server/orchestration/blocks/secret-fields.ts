/**
 * Secret values of block documents. A schema lists them as dotted paths; from a `*` on, everything below is secret
 * (protocol section 9.1). Lists on the way are entered, each of their elements alike.
 */
import { isExactObject, type JsonObject } from "@sluice/schemas";

/** What a secret shows as, whatever its length. */
export const MASK = "********";

const EVERYTHING = "*";

type Path = readonly string[];

/** The paths that a schema's fields declare secret. */
export function secretPaths(fields: JsonObject): Path[] {
  const listed = fields["secret_fields"];
  const paths = Array.isArray(listed) ? listed.filter((path) => typeof path === "string") : [];
  return [...new Set(paths)].map((path) => path.split("."));
}

/** The data with every secret masked. A secret that is null stays null, unless it is one by a wildcard. */
export function maskSecrets(data: JsonObject, paths: readonly Path[]): JsonObject {
  return paths.reduce<JsonObject>((masked, path) => atPath(masked, path, maskValue), data);
}

/**
 * Data that is sent back with masks where the secrets were: each mask at a secret's path becomes the secret that is
 * stored there, since nobody means to store the mask.
 */
export function restoreSecrets(data: JsonObject, stored: JsonObject, paths: readonly Path[]): JsonObject {
  return paths.reduce<JsonObject>((restored, path) => restoreAt(restored, stored, path), data);
}

function maskValue(value: unknown, isWild: boolean): unknown {
  if (!isWild) return value === null ? null : MASK;
  if (!isExactObject(value) || Object.keys(value).length === 0) return MASK;
  return mapValues(value, (item) => maskValue(item, true));
}

/** Applies `change` to every value that a path leads to. */
function atPath<Value>(
  value: Value,
  path: Path,
  change: (value: unknown, isWild: boolean) => unknown,
): Value {
  // A change keeps objects and lists what they are; at the end of a path the caller expects anything.
  return walk(value, path, change) as Value;
}

function walk(
  value: unknown,
  [key, ...rest]: Path,
  change: (value: unknown, isWild: boolean) => unknown,
): unknown {
  if (key === undefined) return change(value, false);
  if (key === EVERYTHING) return change(value, true);
  if (Array.isArray(value)) return value.map((item) => walk(item, [key, ...rest], change));
  if (!isExactObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: walk(value[key], rest, change) };
}

function restoreAt<Value>(value: Value, stored: unknown, path: Path): Value {
  return restore(value, stored, path) as Value; // only masks inside are exchanged
}

function restore(value: unknown, stored: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined || key === EVERYTHING) {
    if (value === MASK) return stored ?? MASK;
    return key === EVERYTHING
      ? mapInside(value, stored, (item, former) => restore(item, former, [key]))
      : value;
  }
  if (Array.isArray(value)) {
    return mapInside(value, stored, (item, former) => restore(item, former, [key, ...rest]));
  }
  if (!isExactObject(value) || !Object.hasOwn(value, key)) return value;
  const former = isExactObject(stored) ? stored[key] : undefined;
  return { ...value, [key]: restore(value[key], former, rest) };
}

/** Maps the members of an object or a list together with what is stored in the same place. */
function mapInside(
  value: unknown,
  stored: unknown,
  map: (item: unknown, former: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) {
    const formers: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return value.map((item, index) => map(item, formers[index]));
  }
  if (!isExactObject(value)) return value;
  const former = isExactObject(stored) ? stored : {};
  return mapValues(value, (item, key) => map(item, former[key]));
}

function mapValues(object: JsonObject, map: (value: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
