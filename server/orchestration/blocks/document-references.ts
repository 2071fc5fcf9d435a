/** References from one block document to another: `{"$ref": {"block_document_id": …}}` as a value of the top level. */
import { type BlockDocumentId, idSchema, isExactObject, type JsonObject } from "@sluice/schemas";

const documentId = idSchema<"block-document">();

/** One edge of the graph of documents. */
export interface DocumentReference {
  readonly name: string;
  readonly parent_block_document_id: BlockDocumentId;
  readonly reference_block_document_id: BlockDocumentId;
}

export interface SeparatedData {
  /** The values that are the document's own. */
  readonly own: JsonObject;
  /** Which document stands under which name. */
  readonly referenced: ReadonlyMap<string, BlockDocumentId>;
}

/** What is wrong with a reference, in words for whoever sent it. */
export class ReferenceProblem extends Error {
  override readonly name = "ReferenceProblem";
}

/** @throws ReferenceProblem for a `$ref` that names no document */
export function separateReferences(data: JsonObject): SeparatedData {
  const referenced = new Map<string, BlockDocumentId>();
  const own = Object.entries(data).filter(([name, value]) => {
    if (!isExactObject(value) || !Object.hasOwn(value, "$ref")) return true;
    referenced.set(name, referencedId(name, value["$ref"]));
    return false;
  });
  return { own: Object.fromEntries(own), referenced };
}

function referencedId(name: string, reference: unknown): BlockDocumentId {
  const id = isExactObject(reference) ? reference["block_document_id"] : undefined;
  if (id === undefined || id === null) {
    throw new ReferenceProblem(`Received block reference without a block_document_id in key ${name}`);
  }
  const parsed = documentId.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new ReferenceProblem(`The block_document_id of the block reference in key ${name} is not a UUID.`);
}

/** Following the edges from `start` leads to `target`; a document leads to itself. */
export function leadsTo(
  start: BlockDocumentId,
  target: BlockDocumentId,
  edges: readonly DocumentReference[],
): boolean {
  const visited = new Set<BlockDocumentId>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === target) return true;
    if (visited.has(id)) continue;
    visited.add(id);
    for (const edge of edges) {
      if (edge.parent_block_document_id === id) open.push(edge.reference_block_document_id);
    }
  }
  return false;
}
