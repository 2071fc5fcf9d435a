/** What of a comparison is accepted, by two checked-in lists that must hold nothing in vain. */
import type { Comparison, Difference, DifferenceKind } from "./compare.ts";

/** Differences that are meant. `*` in `operation` or `field` stands for any run of characters. */
export interface AllowedDifference {
  readonly operation: string;
  readonly field: string;
  readonly kind: DifferenceKind;
  readonly reason: string;
}

export interface Lists {
  /** Operations of the reference that we don't serve yet; the list may only shrink. */
  readonly notServed: readonly string[];
  readonly allowed: readonly AllowedDifference[];
}

export interface Verdict {
  /** Differences that nobody meant. */
  readonly unexpected: readonly Difference[];
  readonly allowed: readonly Difference[];
  readonly extra: readonly Difference[];
  /** Sentences about what is wrong with the lists. */
  readonly complaints: readonly string[];
}

export function judge(comparison: Comparison, lists: Lists): Verdict {
  const extra = comparison.differences.filter(({ kind }) => kind === "extra");
  const harmful = comparison.differences.filter(({ kind }) => kind !== "extra");
  const used = new Set<AllowedDifference>();
  const isAllowed = (difference: Difference) => {
    const entries = lists.allowed.filter((entry) => covers(entry, difference));
    for (const entry of entries) used.add(entry);
    return entries.length > 0;
  };
  const allowed = harmful.filter(isAllowed);
  return {
    extra,
    allowed,
    unexpected: harmful.filter((difference) => !allowed.includes(difference)),
    complaints: [
      ...complaintsAboutOperations(comparison, lists.notServed),
      ...lists.allowed
        .filter((entry) => !used.has(entry))
        .map(
          ({ operation, field, kind }) =>
            `The allowed difference "${kind}" of ${field} in ${operation} does not occur: take it off the list.`,
        ),
    ],
  };
}

function complaintsAboutOperations({ served, notServed }: Comparison, listed: readonly string[]): string[] {
  return [
    ...notServed
      .filter((operation) => !listed.includes(operation))
      .map((operation) => `${operation} is not served, and not on the list of operations that aren't yet.`),
    ...listed
      .filter((operation) => served.has(operation))
      .map((operation) => `${operation} is served: take it off the list of operations that aren't yet.`),
    ...listed
      .filter((operation) => !served.has(operation) && !notServed.includes(operation))
      .map(
        (operation) =>
          `${operation} is on the list of operations that aren't served yet, but the reference has none such.`,
      ),
  ];
}

function covers(entry: AllowedDifference, { operation, field, kind }: Difference): boolean {
  return entry.kind === kind && matches(entry.operation, operation) && matches(entry.field, field);
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(text);
}
