import { newId } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import {
  type DocumentReference,
  leadsTo,
  ReferenceProblem,
  separateReferences,
} from "./document-references.ts";

const [a, b, c, d] = [id(), id(), id(), id()];

function id() {
  return newId<"block-document">();
}

describe("references in the data of a block document", () => {
  it("are values of the top level alone", () => {
    const reference = { $ref: { block_document_id: a.toUpperCase() } };
    const { own, referenced } = separateReferences({ child: reference, deep: { child: reference }, n: null });
    expect(own).toEqual({ deep: { child: reference }, n: null });
    expect([...referenced]).toEqual([["child", a]]);
  });

  it.each([
    [{}],
    [null],
    ["text"],
    [{ block_document_id: null }],
    [{ block_document_id: "no-id" }],
    [{ block_document_id: 1 }],
  ])("that are %j are refused", ($ref) => {
    expect(() => separateReferences({ child: { $ref } })).toThrow(ReferenceProblem);
  });
});

describe("the graph of documents", () => {
  const edge = (parent: typeof a, child: typeof a): DocumentReference => ({
    name: "child",
    parent_block_document_id: parent,
    reference_block_document_id: child,
  });

  it("leads along any number of edges, in their direction, and to the start itself", () => {
    const edges = [edge(a, b), edge(b, c), edge(a, d)];
    expect(leadsTo(a, c, edges)).toBe(true);
    expect(leadsTo(c, a, edges)).toBe(false);
    expect(leadsTo(d, d, edges)).toBe(true);
  });

  it("is left again where it runs in a circle", () => {
    expect(leadsTo(a, d, [edge(a, b), edge(b, a)])).toBe(false);
  });
});
