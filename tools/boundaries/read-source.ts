/** What a source file says about its surroundings, read from its syntax tree: its imports, and its uses of the world outside. */
import { parseSync, visitorKeys } from "oxc-parser";

export type ImportKind = "static" | "re-export" | "dynamic" | "type";

export interface Import {
  /** As written; null when it is computed and so can't be checked. */
  readonly specifier: string | null;
  readonly kind: ImportKind;
  /** Names taken from the module; empty for side effects, namespaces and dynamic imports. */
  readonly names: readonly string[];
  readonly line: number;
}

/** A use of time, chance, or the process: `Date.now`, `Math.random`, `process`, `setTimeout`, … */
export interface WorldUse {
  readonly what: string;
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  readonly worldUses: readonly WorldUse[];
}

type Node = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

/** Globals that bring time, chance, input or output into a file. */
const WORLD_GLOBALS = new Set([
  "performance",
  "crypto",
  "process",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
  "WebSocket",
  "globalThis",
]);

/** Members of otherwise harmless globals that do. */
const WORLD_MEMBERS = new Set(["Date.now", "Math.random", "Temporal.Now"]);

/** Keys under which a name is a label, not a reference to a variable. */
const LABEL_KEYS: Readonly<Record<string, string>> = {
  MemberExpression: "property",
  Property: "key",
  PropertyDefinition: "key",
  MethodDefinition: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
  TSQualifiedName: "right",
};

/** Reads one file. Throws on a syntax error: a file that can't be read can't be judged. */
export function readSource(path: string, source: string): SourceFacts {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path} does not parse: ${error.message}`);

  const imports: Import[] = [];
  const uses: (WorldUse & { readonly root: string })[] = [];
  const declared = new Set<string>();
  const lineAt = lineFinder(source);
  walk(program as unknown as Node, null, "", (node, parent, key) => {
    const found = importOf(node);
    if (found) imports.push({ ...found, line: lineAt(node.start) });
    const name = declaredName(node, parent, key);
    if (name) declared.add(name);
    const use = worldUseOf(node, parent, key);
    if (use) uses.push({ ...use, line: lineAt(node.start) });
  });
  // A parameter or local named `process` is not the process.
  const worldUses = uses.filter((use) => !declared.has(use.root)).map(({ what, line }) => ({ what, line }));
  return { imports, worldUses };
}

function importOf(node: Node): Omit<Import, "line"> | null {
  switch (node.type) {
    case "ImportDeclaration":
      return {
        specifier: literal(node["source"]),
        kind: node["importKind"] === "type" ? "type" : "static",
        names: importedNames(node["specifiers"]),
      };
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      if (!node["source"]) return null;
      return { specifier: literal(node["source"]), kind: "re-export", names: [] };
    case "ImportExpression":
      return { specifier: literal(node["source"]), kind: "dynamic", names: [] };
    case "TSImportType":
      return { specifier: literal(node["source"]), kind: "type", names: [] };
    case "TSExternalModuleReference":
      return { specifier: literal(node["expression"]), kind: "static", names: [] };
    case "CallExpression":
      if (identifier(node["callee"]) !== "require") return null;
      return { specifier: literal((node["arguments"] as unknown[])[0]), kind: "dynamic", names: [] };
    default:
      return null;
  }
}

function importedNames(specifiers: unknown): string[] {
  return (specifiers as Node[])
    .filter((specifier) => specifier.type === "ImportSpecifier")
    .map((specifier) => identifier(specifier["imported"]) ?? "");
}

/** The name that this identifier introduces, if it does: a variable, a parameter, a function, an import. */
function declaredName(node: Node, parent: Node | null, key: string): string | null {
  if (node.type !== "Identifier" || !parent) return null;
  const introduces =
    (key === "id" && parent.type !== "TSTypeReference") ||
    (key === "local" && parent.type.startsWith("Import")) ||
    key === "params" ||
    key === "items" ||
    (key === "value" && parent["parentKind"] === "ObjectPattern") ||
    (key === "elements" && parent.type === "ArrayPattern") ||
    (key === "left" && parent.type === "AssignmentPattern");
  return introduces ? identifier(node) : null;
}

function worldUseOf(node: Node, parent: Node | null, key: string): { what: string; root: string } | null {
  if (node.type === "MemberExpression") {
    const member = `${identifier(node["object"])}.${memberName(node)}`;
    return WORLD_MEMBERS.has(member) ? { what: member, root: member.split(".")[0] ?? "" } : null;
  }
  if (node.type === "MetaProperty") return { what: "import.meta", root: "import" };
  const isCallOfDate = node.type === "CallExpression" || node.type === "NewExpression";
  if (isCallOfDate && identifier(node["callee"]) === "Date") {
    const readsClock = node.type === "CallExpression" || (node["arguments"] as unknown[]).length === 0;
    return readsClock ? { what: "new Date()", root: "Date" } : null;
  }
  if (node.type !== "Identifier" || !parent) return null;
  const name = identifier(node);
  if (!name || !WORLD_GLOBALS.has(name)) return null;
  const isLabel = LABEL_KEYS[parent.type] === key && parent["computed"] !== true;
  return isLabel ? null : { what: name, root: name };
}

function memberName(node: Node): string | null {
  return node["computed"] === true ? literal(node["property"]) : identifier(node["property"]);
}

function walk(
  node: Node,
  parent: Node | null,
  key: string,
  visit: (node: Node, parent: Node | null, key: string) => void,
): void {
  visit(node, parent, key);
  for (const childKey of visitorKeys[node.type] ?? []) {
    const child = node[childKey];
    for (const item of Array.isArray(child) ? child : [child]) {
      if (isNode(item)) walk(item, inPattern(node, parent), childKey, visit);
    }
  }
}

/** Marks the properties of `{ a, b: c }` on the left side of a binding, which look like those of an object literal. */
function inPattern(node: Node, parent: Node | null): Node {
  return node.type === "Property" && parent ? { ...node, parentKind: parent.type } : node;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function identifier(value: unknown): string | null {
  return isNode(value) && value.type === "Identifier" ? String(value["name"]) : null;
}

/** The text of a string literal or of a template without holes. */
function literal(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === "Literal" && typeof value["value"] === "string") return value["value"];
  if (value.type === "TSLiteralType") return literal(value["literal"]);
  const quasis = value["quasis"];
  if (value.type !== "TemplateLiteral" || !Array.isArray(quasis) || quasis.length !== 1) return null;
  return (quasis[0] as { value: { cooked: string } }).value.cooked;
}

function lineFinder(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
