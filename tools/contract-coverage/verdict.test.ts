import { expect, test } from "vitest";
import type { Comparison, Difference } from "./compare.ts";
import { judge } from "./verdict.ts";

const missing: Difference = { operation: "GET /a", field: "200.name", kind: "missing", detail: "" };
const extra: Difference = { operation: "GET /a", field: "200.mood", kind: "extra", detail: "" };

test("a difference that nobody meant is unexpected; an extra is only told", () => {
  const verdict = judge(comparison([missing, extra]), { notServed: ["GET /b"], allowed: [] });
  expect(verdict.unexpected).toEqual([missing]);
  expect(verdict.extra).toEqual([extra]);
});

test("an allowed difference passes, by its kind and by patterns of operation and field", () => {
  const allow = (field: string, kind = missing.kind) => ({
    operation: "GET *",
    field,
    kind,
    reason: "meant",
  });
  const judged = (entry: ReturnType<typeof allow>) =>
    judge(comparison([missing]), { notServed: ["GET /b"], allowed: [entry] });
  expect(judged(allow("200.*")).unexpected).toEqual([]);
  expect(judged(allow("200.*", "type")).unexpected).toEqual([missing]);
  expect(judged(allow("200xname")).unexpected).toEqual([missing]);
});

test("an entry that allows nothing that occurs is a complaint", () => {
  const entry = { operation: "GET /a", field: "200.age", kind: "missing", reason: "old" } as const;
  const { complaints } = judge(comparison([]), { notServed: ["GET /b"], allowed: [entry] });
  expect(complaints).toEqual([expect.stringContaining("take it off the list")]);
});

test("an operation that is neither served nor listed is a complaint", () => {
  const { complaints } = judge(comparison([]), { notServed: [], allowed: [] });
  expect(complaints).toEqual([expect.stringContaining("GET /b is not served")]);
});

test("a listed operation that is served, or that nobody has, is a complaint: the list only shrinks", () => {
  const { complaints } = judge(comparison([]), { notServed: ["GET /a", "GET /b", "GET /c"], allowed: [] });
  expect(complaints).toEqual([
    expect.stringContaining("GET /a is served"),
    expect.stringContaining("GET /c is on the list"),
  ]);
});

/** `/a` is served, `/b` is not. */
function comparison(differences: readonly Difference[]): Comparison {
  return { served: new Map([["GET /a", 3]]), notServed: ["GET /b"], own: [], differences };
}
