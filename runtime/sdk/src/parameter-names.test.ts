import { describe, expect, it } from "vitest";
import { nameArguments, parameterList } from "./parameter-names.ts";

type AnyFn = (...args: never[]) => unknown;

describe("names of parameters", () => {
  it.each<[AnyFn, (string | null)[]]>([
    [(a: number, b: number) => a + b, ["a", "b"]],
    [async (single: number) => single, ["single"]],
    [
      function named(x: number, y = "a,b)", z = [1, { q: 2 }]) {
        return [x, y, z];
      },
      ["x", "y", "z"],
    ],
    [
      async function late(/* first, ( */ $a: number, _b = ((c: number) => c)(1)) {
        return [$a, _b];
      },
      ["$a", "_b"],
    ],
    [({ a }: { a: number }, [b]: number[], c: number) => [a, b, c], [null, null, "c"]],
    [(first: number, ...rest: number[]) => [first, rest], ["first", "rest"]],
    [(größe: number) => größe, ["größe"]],
    [() => 1, []],
    [Math.max, []],
  ])("of %s are %j", (fn, names) => {
    expect(parameterList(fn).names).toEqual(names);
  });
});

describe("arguments by name", () => {
  it("include parameters without an argument, and name what has no name by position", () => {
    expect(nameArguments((_a: number, _b?: number) => {}, [1])).toEqual({ _a: 1, _b: undefined });
    expect(nameArguments(() => {}, [1, 2])).toEqual({ arg0: 1, arg1: 2 });
  });

  it("of a rest parameter are one list", () => {
    expect(nameArguments((_a: number, ..._all: number[]) => {}, [1, 2, 3])).toEqual({ _a: 1, _all: [2, 3] });
  });

  it("of a destructured parameter are the object's own", () => {
    expect(nameArguments(({ x: _x }: { x: number; y: number }) => {}, [{ x: 1, y: 2 }])).toEqual({
      x: 1,
      y: 2,
    });
    expect(nameArguments(([_first]: number[]) => {}, [[1]])).toEqual({ arg0: [1] });
  });
});
