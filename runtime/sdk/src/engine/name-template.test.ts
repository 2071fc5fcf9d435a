import { describe, expect, it } from "vitest";
import { renderRunName } from "./name-template.ts";

const parameters = { name: "ada", user: { id: 7 }, when: new Date(0), list: [1, 2] };

describe("a run's name", () => {
  it.each([
    ["hello-{name}", "hello-ada"],
    ["{user.id}/{ name }", "7/ada"],
    ["{when} {list}", "1970-01-01T00:00:00.000Z [1,2]"],
    ["{{name}} stays", "{name} stays"],
    ["plain", "plain"],
  ])("of %j is %j", (template, name) => {
    expect(renderRunName(template, parameters)).toBe(name);
  });

  it("may be made by a function", () => {
    expect(renderRunName(({ name }) => `fn-${String(name)}`, parameters)).toBe("fn-ada");
  });

  it("needs its parameters, and says which there are", () => {
    expect(() => renderRunName("{nmae}", { name: "ada" })).toThrow(
      "needs {nmae}, which is not among the parameters (name)",
    );
    expect(() => renderRunName("{name.first}", { name: "ada" })).toThrow("{name.first}");
    expect(() => renderRunName((() => 5) as unknown as () => string, {})).toThrow("must return a string");
  });
});
