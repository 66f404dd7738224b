import { describe, expect, it } from "vitest";
import type { Turn } from "../conversation/conversation.ts";
import { proposeName, type RememberedVoice, spansAlone } from "./remembered-voices.ts";

/** A voice at an angle: those 20° apart have a cosine of 0.94. */
const voice = (
  conversationId: string,
  name: string | null,
  degrees: number,
  more: Partial<RememberedVoice> = {},
): RememberedVoice => ({
  conversationId,
  name,
  model: "m",
  seconds: 30,
  print: Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)),
  ...more,
});

describe("who a voice sounds like", () => {
  const chris = [voice("a", "Chris", -5), voice("b", "Chris", 5)];
  const dana = [voice("c", "Dana", 80), voice("d", "Dana", 90)];

  it("is the nearest name, the surer the nearer", () => {
    const near = proposeName(voice("x", null, 2), [...chris, ...dana], 0.84);
    const farther = proposeName(voice("x", null, 25), [...chris, ...dana], 0.84);
    expect(near).toMatchObject({ name: "Chris", calls: 2 });
    expect(near?.confidence).toBeGreaterThan(0.95);
    expect(farther?.name).toBe("Chris");
    expect(farther?.confidence).toBeGreaterThanOrEqual(0.5);
    expect(farther?.confidence).toBeLessThan(0.8);
    expect(proposeName(voice("x", null, 84), [...chris, ...dana], 0.84)?.name).toBe("Dana");
  });

  it("is nobody where none is near, or two are as near", () => {
    expect(proposeName(voice("x", null, 45), [...chris, ...dana], 0.84)).toBeNull();
    expect(proposeName(voice("x", null, 3), [...chris, voice("e", "Sam", 6)], 0.84)).toBeNull();
    expect(proposeName(voice("x", null, 0), [], 0.84)).toBeNull();
  });

  it("takes no call for evidence of itself, no nameless voice, and no print of another model", () => {
    expect(proposeName(voice("a", null, 0), [voice("a", "Chris", 0)], 0.84)).toBeNull();
    expect(proposeName(voice("x", null, 0), [voice("a", null, 0)], 0.84)).toBeNull();
    expect(proposeName(voice("x", null, 0), [voice("a", "Chris", 0, { model: "other" })], 0.84)).toBeNull();
    expect(proposeName(voice("x", null, 0), [voice("a", "Chris", 0, { print: Float32Array.of(1, 0, 0) })], 0.84)).toBeNull();
  });

  it("weighs a print by the speech behind it", () => {
    const mixed = [voice("a", "Chris", 0, { seconds: 100 }), voice("b", "Chris", 60, { seconds: 2 })];
    expect(proposeName(voice("x", null, 0), mixed, 0.99)?.name).toBe("Chris");
  });
});

describe("where a voice speaks alone", () => {
  const turn = (participantId: string, startMs: number, endMs: number): Turn => ({
    id: `${participantId}${startMs}`,
    participantId,
    startMs,
    endMs,
    text: "",
    words: [],
    speakerConfidence: null,
  });
  it("leaves out what others say meanwhile, and what lies beyond the end", () => {
    const turns = [turn("a", 0, 5_000), turn("c", 3_000, 4_000), turn("a", 8_000, 12_000), turn("c", 7_000, 9_000)];
    expect(spansAlone(turns, "a", 10_000)).toEqual([
      { startMs: 0, endMs: 3_000 },
      { startMs: 4_000, endMs: 5_000 },
      { startMs: 9_000, endMs: 10_000 },
    ]);
    expect(spansAlone(turns, "nobody", 10_000)).toEqual([]);
  });
});
