/** Two OpenAPI documents, ours and the reference's, operation by operation and field by field. */
import { type Document, operationsOf } from "./document.ts";
import { type Field, type Fields, fieldsOf } from "./fields.ts";

/** What a difference means to a client of the reference server. */
export type DifferenceKind =
  /** The reference has it, we don't. */
  | "missing"
  /** We have it, the reference doesn't. Harmless. */
  | "extra"
  | "type"
  | "nullability"
  /** A value that the reference lists is not in our list. */
  | "values"
  | "default"
  /** We demand what the reference doesn't, or don't promise what it promises. */
  | "required";

export interface Difference {
  /** `METHOD /path`. */
  readonly operation: string;
  readonly field: string;
  readonly kind: DifferenceKind;
  /** For people: the reference's form, then ours. */
  readonly detail: string;
}

export interface Comparison {
  /** Operations in both, with the number of fields of the reference. */
  readonly served: ReadonlyMap<string, number>;
  /** Operations that only the reference has. */
  readonly notServed: readonly string[];
  /** Operations that only we have. */
  readonly own: readonly string[];
  readonly differences: readonly Difference[];
}

export function compareDocuments(reference: Document, ours: Document): Comparison {
  const theirOperations = operationsOf(reference);
  const ourOperations = operationsOf(ours);
  const served = new Map<string, number>();
  const differences: Difference[] = [];
  for (const [operation, theirs] of theirOperations) {
    const own = ourOperations.get(operation);
    if (!own) continue;
    const theirFields = fieldsOf(theirs, reference);
    served.set(operation, theirFields.size);
    differences.push(...compareFields(operation, theirFields, fieldsOf(own, ours)));
  }
  return {
    served,
    notServed: [...theirOperations.keys()].filter((name) => !ourOperations.has(name)),
    own: [...ourOperations.keys()].filter((name) => !theirOperations.has(name)),
    differences,
  };
}

function compareFields(operation: string, theirs: Fields, ours: Fields): Difference[] {
  const differences: Difference[] = [];
  const report = (kind: DifferenceKind, field: string, detail: string) =>
    differences.push({ operation, field, kind, detail });
  for (const [place, reference] of theirs) {
    const own = ours.get(place);
    if (own) compareField(place, reference, own, (kind, detail) => report(kind, place, detail));
    else if (!isInside(place, theirs, ours) && !isSpelledOut(place, reference, ours))
      report("missing", place, `${describe(reference)} is not there`);
  }
  for (const [place, own] of ours) {
    if (!theirs.has(place) && !isInside(place, ours, theirs)) report("extra", place, describe(own));
  }
  return differences;
}

/** True below a field that is missing, free-form or recursive on the other side: the field above tells it already. */
function isInside(place: string, side: Fields, other: Fields): boolean {
  for (const above of side.keys()) {
    if (above === place || !place.startsWith(above) || !/^[.[]/.test(place.slice(above.length))) continue;
    const counterpart = other.get(above);
    if (!counterpart || counterpart.types.size === 0 || counterpart.isRecursive) return true;
  }
  return false;
}

/** True for the values of a map in a response whose keys we name one by one, each with a value of that type. */
function isSpelledOut(place: string, { types }: Field, ours: Fields): boolean {
  if (isRequest(place) || !place.endsWith(".*")) return false;
  const prefix = place.slice(0, -1);
  const named = [...ours].filter(
    ([name]) => name.startsWith(prefix) && !/[.[]/.test(name.slice(prefix.length)),
  );
  return named.length > 0 && named.every(([, field]) => field.types.isSubsetOf(types));
}

function compareField(
  place: string,
  theirs: Field,
  ours: Field,
  report: (kind: DifferenceKind, detail: string) => void,
): void {
  // Where the reference says nothing, whatever we say is a promise more.
  if (theirs.types.size === 0 || theirs.isRecursive || ours.isRecursive) return;
  if (!sameMembers(theirs.types, ours.types)) {
    report("type", `${describe(theirs)}, ours ${describe(ours)}`);
    return;
  }
  if (theirs.isNullable !== ours.isNullable) {
    report("nullability", theirs.isNullable ? "nullable, ours is not" : "not nullable, ours is");
  }
  const absent =
    theirs.values && ours.values ? [...theirs.values].filter((one) => !ours.values?.has(one)) : [];
  if (absent.length > 0 || (theirs.values === null) !== (ours.values === null)) {
    report("values", `${list(theirs.values)}, ours ${list(ours.values)}`);
  }
  if (isRequest(place)) {
    if (ours.isRequired && !theirs.isRequired) report("required", "optional, ours is required");
    if (!ours.isRequired && theirs.isRequired) report("required", "required, ours is optional");
    if (theirs.default !== undefined && JSON.stringify(theirs.default) !== JSON.stringify(ours.default)) {
      if (!isEmpty(theirs.default) || ours.default !== undefined) {
        report("default", `default ${JSON.stringify(theirs.default)}, ours ${JSON.stringify(ours.default)}`);
      }
    }
  } else if (theirs.isRequired && !ours.isRequired) {
    report("required", "always there, ours may be absent");
  }
}

function isRequest(place: string): boolean {
  return !/^\d/.test(place);
}

/** Empty defaults go without saying in our document. */
function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function sameMembers(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && left.isSubsetOf(right);
}

function describe({ types, isNullable }: Field): string {
  if (types.size === 0) return "anything";
  return [...types].sort().join(" | ") + (isNullable ? " | null" : "");
}

function list(values: ReadonlySet<string> | null): string {
  return values ? [...values].join(", ") : "any value";
}
