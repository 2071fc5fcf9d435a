/**
 * Schema issues in the words of the contract: one `{type, loc, msg, input}` per field, as stock clients print them
 * (protocol section 0, "request fails validation").
 */
import type { z } from "zod";

export interface ValidationDetail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Where in the request the value came from; the first part of every `loc`. */
export type ValueSource = "body" | "query" | "path" | "header";

type Issue = z.core.$ZodIssue;

/** The details of every issue; more than `limit` are cut, since a large bad body can have as many as it has fields. */
export function validationDetails(
  source: ValueSource,
  value: unknown,
  issues: readonly Issue[],
  limit = 100,
): ValidationDetail[] {
  return issues.flatMap((issue) => detailsOf([source], value, issue)).slice(0, limit);
}

/** The details of a body made of several parameters: a missing one has nothing around it that would explain. */
export function parameterDetails(value: unknown, issues: readonly Issue[]): ValidationDetail[] {
  return validationDetails("body", value, issues).map((detail) =>
    detail.type === "missing" && detail.loc.length === 2 ? { ...detail, input: null } : detail,
  );
}

/**
 * The message of an issue whose check asks for a bare `{"detail": …}` (a limit out of bounds), or null. Only when
 * nothing else is wrong: fields come first.
 */
export function bareDetail(issues: readonly Issue[]): string | null {
  for (const issue of issues) if (issue.code !== "custom" || !issue.params?.["isDetail"]) return null;
  return issues[0]?.message ?? null;
}

type Words = Pick<ValidationDetail, "type" | "msg" | "ctx">;

function detailsOf(prefix: readonly (string | number)[], root: unknown, issue: Issue): ValidationDetail[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const loc = [...prefix, ...path];
  const input = valueAt(root, path);

  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      type: "extra_forbidden",
      loc: [...loc, key],
      msg: "Extra inputs are not permitted",
      input: valueAt(input, [key]) ?? null,
    }));
  }
  if (input === undefined) {
    return [{ type: "missing", loc, msg: "Field required", input: parentInput(prefix, root, path) }];
  }
  if (issue.code === "invalid_union") {
    const branch = closestBranch(issue.errors);
    if (branch) return branch.flatMap((inner) => detailsOf(loc, input, inner));
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return issue.issues.flatMap((inner) => detailsOf(loc, input, inner));
  }
  return [{ ...wordsFor(issue, input), loc, input: input ?? null }];
}

/** What the sender gave where a field was missing: the object around it; nothing for a query string. */
function parentInput(
  prefix: readonly (string | number)[],
  root: unknown,
  path: (string | number)[],
): unknown {
  if (path.length === 0 || prefix[0] !== "body") return null;
  return valueAt(root, path.slice(0, -1)) ?? null;
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    // The check above makes this an object with that key.
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** Of a union's branches the one that got furthest: the fewest complaints about the value as a whole. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));
  return branches
    .filter((issues) => issues.length > 0)
    .toSorted((left, right) => depth(right) - depth(left))[0];
}

function wordsFor(issue: Issue, input: unknown): Words {
  switch (issue.code) {
    case "invalid_type":
      return typeWords(issue.expected, input);
    case "invalid_value": {
      const expected = listed(issue.values.map((value) => `'${String(value)}'`));
      return { type: "enum", msg: `Input should be ${expected}`, ctx: { expected } };
    }
    case "too_small":
      return boundWords("least", issue.origin, Number(issue.minimum), issue.inclusive ?? true);
    case "too_big":
      return boundWords("most", issue.origin, Number(issue.maximum), issue.inclusive ?? true);
    case "invalid_format":
      return formatWords(issue.format, issue.pattern);
    case "custom":
      return customWords(issue.params, issue.message);
    default:
      return { type: "value_error", msg: issue.message };
  }
}

const TYPE_WORDS: Readonly<Record<string, readonly [type: string, noun: string]>> = {
  string: ["string_type", "string"],
  number: ["float_type", "number"],
  int: ["int_type", "integer"],
  boolean: ["bool_type", "boolean"],
  array: ["list_type", "list"],
  object: ["model_attributes_type", "dictionary or object to extract fields from"],
  record: ["dict_type", "dictionary"],
};

function typeWords(expected: string, input: unknown): Words {
  if (expected === "int" && typeof input === "number") {
    return {
      type: "int_from_float",
      msg: "Input should be a valid integer, got a number with a fractional part",
    };
  }
  if (expected === "number" && typeof input === "string") {
    return {
      type: "float_parsing",
      msg: "Input should be a valid number, unable to parse string as a number",
    };
  }
  const [type, noun] = TYPE_WORDS[expected] ?? ["value_error", expected];
  return { type, msg: `Input should be a valid ${noun}` };
}

function boundWords(side: "least" | "most", origin: string, bound: number, inclusive: boolean): Words {
  if (origin === "string") {
    const type = side === "least" ? "string_too_short" : "string_too_long";
    return {
      type,
      msg: `String should have at ${side} ${bound} character${bound === 1 ? "" : "s"}`,
      ctx: { [side === "least" ? "min_length" : "max_length"]: bound },
    };
  }
  if (origin === "array" || origin === "set" || origin === "map") {
    const type = side === "least" ? "too_short" : "too_long";
    return {
      type,
      msg: `List should have at ${side} ${bound} item${bound === 1 ? "" : "s"}`,
      ctx: { [side === "least" ? "min_length" : "max_length"]: bound },
    };
  }
  const direction = side === "least" ? "greater" : "less";
  const type = inclusive ? `${direction}_than_equal` : `${direction}_than`;
  const key = `${direction === "greater" ? "g" : "l"}${inclusive ? "e" : "t"}`;
  const words = inclusive ? `${direction} than or equal to` : `${direction} than`;
  return { type, msg: `Input should be ${words} ${bound}`, ctx: { [key]: bound } };
}

function formatWords(format: string, pattern: string | undefined): Words {
  if (format === "regex" && pattern !== undefined) {
    // A JavaScript pattern prints with its slashes and flags; the contract shows it bare.
    const bare = pattern.replace(/^\/(.*)\/[a-z]*$/s, "$1");
    return {
      type: "string_pattern_mismatch",
      msg: `String should match pattern '${bare}'`,
      ctx: { pattern: bare },
    };
  }
  if (format === "uuid" || format === "guid")
    return { type: "uuid_parsing", msg: "Input should be a valid UUID" };
  if (format === "datetime") return { type: "datetime_parsing", msg: "Input should be a valid datetime" };
  return { type: "value_error", msg: `Input should be a valid ${format}` };
}

function customWords(params: Record<string, unknown> | undefined, message: string): Words {
  const type = params?.["type"];
  if (typeof type === "string" && type !== "value_error") return { type, msg: message };
  return { type: "value_error", msg: `Value error, ${message}`, ctx: { error: {} } };
}

/** `'A', 'B' or 'C'`. */
function listed(values: readonly string[]): string {
  if (values.length <= 1) return values.join("");
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
