import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";

function loggerInto(lines: string[], pretty: boolean) {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return createLogger({ level: "info", pretty, stream });
}

describe("the log", () => {
  it("is one JSON object per line", () => {
    const lines: string[] = [];
    loggerInto(lines, false).info({ url: "http://127.0.0.1:4200" }, "Ready");
    expect(JSON.parse(lines.join(""))).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      url: "http://127.0.0.1:4200",
      msg: "Ready",
    });
  });

  it("is one readable line each for a person", () => {
    const lines: string[] = [];
    loggerInto(lines, true).warn({ path: "/api/flows/", status: 503 }, "Slow");
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d warn {2}Slow path=\/api\/flows\/ status=503\n$/),
    ]);
  });

  it("shows where a defect is", () => {
    const lines: string[] = [];
    loggerInto(lines, true).error({ err: new TypeError("oh") }, "A request failed");
    expect(lines.join("")).toMatch(/error A request failed\nTypeError: oh\n\s+at /);
  });

  it("never holds a secret, wherever it is put", () => {
    const lines: string[] = [];
    const log = loggerInto(lines, false);
    log.info(
      { authString: "hunter2", headers: { authorization: "hunter2" }, auth: { token: "hunter2" } },
      "x",
    );
    expect(lines.join("")).not.toContain("hunter2");
  });
});
