import { describe, expect, it } from "vitest";
import { SpeechError } from "../speech-error.ts";
import { powersetToMasks, voicesInMask } from "./powerset.ts";

describe("powerset", () => {
  it("gives each frame the voices of its likeliest class", () => {
    const scores = new Float32Array(2 * 4 * 7).fill(-9);
    [0, 3, 4, 6, 1, 2, 5, 0].forEach((best, frame) => {
      scores[frame * 7 + best] = -0.1;
    });
    const [first, second] = powersetToMasks(scores, 2, 4, 7);
    expect([...(first ?? [])]).toEqual([0b000, 0b100, 0b011, 0b110]);
    expect([...(second ?? [])]).toEqual([0b001, 0b010, 0b101, 0b000]);
    expect([0b000, 0b100, 0b110].map(voicesInMask)).toEqual([0, 1, 2]);
  });

  it("refuses a model of another kind", () => {
    expect(() => powersetToMasks(new Float32Array(8), 1, 2, 4)).toThrow(SpeechError);
  });
});
