/** Block documents as they are shown: what they refer to is inlined, and told apart beside it (protocol section 9.1). */
import type { BlockDocumentId, JsonObject } from "@sluice/schemas";
import { type DocumentReference, ReferenceProblem } from "./document-references.ts";

/** A document inside of another. */
export interface InlinedDocument {
  readonly id: BlockDocumentId;
  readonly references: ReadonlyMap<string, InlinedDocument>;
}

export interface AssembledDocument extends InlinedDocument {
  /** Its own data, and that of the documents it refers to under their names. */
  readonly data: JsonObject;
}

/** How deep documents may stand in each other. */
export const MAXIMUM_DEPTH = 50;
/** How many documents may stand in one, each counted as often as it is met: two in each of two doubles per level. */
export const MAXIMUM_INLINED = 1000;

/** @throws ReferenceProblem beyond one of the two bounds */
export function assembleDocument(
  root: BlockDocumentId,
  dataOf: (id: BlockDocumentId) => JsonObject,
  references: ReadonlyMap<BlockDocumentId, readonly DocumentReference[]>,
): AssembledDocument {
  let inlined = 0;
  const assemble = (id: BlockDocumentId, depth: number): AssembledDocument => {
    if (depth > MAXIMUM_DEPTH) {
      throw new ReferenceProblem(
        `Block documents must not stand more than ${MAXIMUM_DEPTH} deep in each other.`,
      );
    }
    const children = (references.get(id) ?? []).map(({ name, reference_block_document_id: childId }) => {
      inlined += 1;
      if (inlined > MAXIMUM_INLINED) {
        throw new ReferenceProblem(`No more than ${MAXIMUM_INLINED} block documents may stand in one.`);
      }
      return [name, assemble(childId, depth + 1)] as const;
    });
    const data = {
      ...dataOf(id),
      ...Object.fromEntries(children.map(([name, child]) => [name, child.data])),
    };
    return { id, data, references: new Map(children) };
  };
  return assemble(root, 0);
}
