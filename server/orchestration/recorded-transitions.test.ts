/** Our rules say what a real Prefect server says, word for word, and leave the same columns. */
import { describe, expect, test } from "vitest";
import { readRecordings } from "./fixtures/recordings.ts";
import { replay } from "./fixtures/replay.ts";

const recordings = readRecordings().map((recording, index) => ({
  index,
  kind: recording.setup.kind,
  recording,
}));

describe("what a real server said", () => {
  test("is there to be replayed", () => {
    expect(recordings.length).toBeGreaterThan(100);
  });

  test.each(recordings)("about $kind run $index is what we say", ({ recording }) => {
    const { ours, theirs } = replay(recording);
    expect(ours.length).toBeGreaterThan(1);
    expect(ours).toEqual(theirs);
  });
});
