import { expect, it } from "vitest";
import { inheritedNodeOptions } from "./node-options.ts";

it.each([
  [
    ["--conditions=source", "--enable-source-maps"],
    ["--conditions=source", "--enable-source-maps"],
  ],
  [
    ["--import", "./setup.ts", "-C", "source"],
    ["--import", "./setup.ts", "-C", "source"],
  ],
  [
    ["-C", "source", "-e", "await main()"],
    ["-C", "source"],
  ],
  [["--inspect=9229", "--inspect-brk", "--watch", "--watch-path=src", "--input-type=module"], []],
])("of %j a flow run's process gets %j", (own, inherited) => {
  expect(inheritedNodeOptions(own)).toEqual(inherited);
});
