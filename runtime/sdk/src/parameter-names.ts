/**
 * Names of a function's parameters, read from its source: edges, run names and hooks speak of arguments by name.
 *
 * A destructured parameter has no name (null); its arguments are told apart by their own keys or by position.
 */

export interface ParameterList {
  readonly names: readonly (string | null)[];
  /** Whether the last parameter takes all further arguments. */
  readonly hasRest: boolean;
}

const cache = new WeakMap<object, ParameterList>();

export function parameterList(fn: (...args: never[]) => unknown): ParameterList {
  let list = cache.get(fn);
  if (!list) {
    list = parseParameters(Function.prototype.toString.call(fn));
    cache.set(fn, list);
  }
  return list;
}

/** Arguments by parameter name. Parameters without an argument are present as undefined, as defaults may fill them. */
export function nameArguments(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
): Record<string, unknown> {
  const { names, hasRest } = parameterList(fn);
  const named: Record<string, unknown> = {};
  const count = Math.max(names.length, args.length);
  for (let index = 0; index < count; index++) {
    const isRest = hasRest && index === names.length - 1;
    const argument = isRest ? args.slice(index) : args[index];
    const name = names[index];
    if (typeof name === "string") named[name] = argument;
    else if (name === null && isPlainObject(argument)) Object.assign(named, argument);
    else named[`arg${index}`] = argument;
    if (isRest) break;
  }
  return named;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u;

function parseParameters(source: string): ParameterList {
  const text = parameterText(source);
  if (text === null) return { names: [], hasRest: false };
  const parts = splitTopLevel(text)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return {
    names: parts.map((part) => IDENTIFIER.exec(part.replace(/^\.\.\.\s*/, ""))?.[0] ?? null),
    hasRest: parts.at(-1)?.startsWith("...") ?? false,
  };
}

/** What stands between the parentheses; null when it can't be told (native and bound functions). */
function parameterText(source: string): string | null {
  if (source.endsWith("{ [native code] }")) return null;
  const lone = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source);
  if (lone) return lone[1] ?? null;
  const open = source.indexOf("(");
  if (open === -1) return null;
  const rest = withoutComments(source.slice(open + 1));
  return rest.slice(0, closingIndex(rest));
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`\\])\/\/[^\n]*/g, "$1");
}

/** Index of the bracket that closes the level in which the text starts. */
function closingIndex(text: string): number {
  let depth = 0;
  for (const [index, character] of topLevelCharacters(text)) {
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return text.length;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of topLevelCharacters(text)) {
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Characters outside of string literals. */
function* topLevelCharacters(text: string): Generator<[number, string]> {
  let quote: string | null = null;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote !== null) {
      if (character === "\\") index += 1;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else yield [index, character];
  }
}
