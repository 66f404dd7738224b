import { describe, expect, it } from "vitest";
import { unit, type VoicePrint } from "./embedding.ts";
import { knowsVoices } from "./known-voices.ts";

const axes = 32;

/** A print along an axis, turned away from it by `stray` of each of `strays`. */
function print(axis: number, seconds: number, strays: readonly number[] = [], stray = 0): VoicePrint {
  const embedding = new Float32Array(axes);
  embedding[axis] = 1;
  for (const one of strays) embedding[one] = stray;
  return { window: 0, voice: 0, seconds, embedding: unit(embedding) };
}

describe("knowsVoices", () => {
  it("knows voices whose prints lie together, and the voices apart", () => {
    const prints = [print(0, 3), print(0, 2, [5], 0.2), print(1, 4), print(1, 1, [6], 0.3)];
    expect(knowsVoices(prints, Int32Array.of(0, 0, 1, 1))).toBe(true);
    expect(knowsVoices(prints.slice(0, 2).concat(prints.slice(0, 2)), new Int32Array(4))).toBe(true);
  });

  it("does not know voices whose prints lie anywhere, however well the groups part", () => {
    const prints = Array.from({ length: 12 }, (_, i) => print(i < 6 ? 0 : 1, 2, [4 + i], 1));
    expect(
      knowsVoices(
        prints,
        Int32Array.from(prints, (_, i) => (i < 6 ? 0 : 1)),
      ),
    ).toBe(false);
  });

  it("does not know two voices that are alike, however close the prints of each lie", () => {
    const prints = [print(0, 3), print(0, 3), print(0, 3, [1], 1), print(0, 3, [1], 1)];
    expect(knowsVoices(prints, Int32Array.of(0, 0, 1, 1))).toBe(false);
  });

  it("weighs prints by the speech they were made of, so that a short stray changes nothing", () => {
    expect(knowsVoices([print(0, 10), print(0, 10), print(0, 10), print(0, 1, [4], 2)], new Int32Array(4))).toBe(true);
    expect(knowsVoices([print(0, 10), print(0, 10), print(0, 10), print(0, 5, [4], 2)], new Int32Array(4))).toBe(false);
  });

  it("says nothing of too few prints, and has nothing to know where nobody is heard", () => {
    expect(knowsVoices([print(0, 9), print(1, 9)], Int32Array.of(0, 1))).toBe(false);
    expect(knowsVoices([], new Int32Array(0))).toBe(true);
  });
});
