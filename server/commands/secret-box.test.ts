import { describe, expect, it } from "vitest";
import { SealedError, SecretBox } from "./secret-box.ts";

const box = new SecretBox("the key of this test");

describe("a sealed text", () => {
  it.each(["", "plain", "é😀\n", "x".repeat(100_000)])("opens again", (text) => {
    expect(box.open(box.seal(text, "a"), "a")).toBe(text);
    expect(new SecretBox("the key of this test").open(box.seal(text, "a"), "a")).toBe(text);
  });

  it("shows nothing of what is inside, and never looks the same", () => {
    const sealed = box.seal("hunter2hunter2", "a");
    expect(sealed).not.toContain("hunter2");
    expect(Buffer.from(sealed.split(".")[2] ?? "", "base64url").toString("latin1")).not.toContain("hunter2");
    expect(box.seal("hunter2hunter2", "a")).not.toBe(sealed);
  });

  it("does not open for another owner, under another key, or after a change", () => {
    const sealed = box.seal("text", "a");
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`;
    expect(() => box.open(sealed, "b")).toThrow(SealedError);
    expect(() => new SecretBox("another").open(sealed, "a")).toThrow(/SLUICE_SERVER_ENCRYPTION_KEY/);
    expect(() => box.open(changed, "a")).toThrow(SealedError);
    expect(() => box.open(sealed.slice(0, 20), "a")).toThrow(SealedError);
    expect(() => box.open('{"plain": "text"}', "a")).toThrow(SealedError);
  });
});
