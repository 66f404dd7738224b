import { describe, expect, it } from "vitest";
import { agree } from "./agreement.ts";

const voice = (index: number, startMs: number, endMs: number) => ({ voice: index, startMs, endMs, confidence: 1 });
const speech = (startMs: number, endMs: number) => ({ start: startMs * 16, end: endMs * 16 });

describe("segmentation and speech activity", () => {
  it("drop what only the segmentation takes for a voice, and add what it missed to the voice nearby", () => {
    const regular = [voice(0, 0, 2_000), voice(1, 5_000, 7_000), voice(1, 20_000, 24_000)];
    const { regular: agreed, exclusive } = agree({ regular, exclusive: regular }, [
      speech(5_100, 6_900),
      speech(10_000, 11_000),
      speech(12_000, 12_200),
      speech(20_000, 20_600),
    ]);
    const expected = [voice(1, 5_000, 7_000), { ...voice(1, 10_000, 11_000), confidence: 0 }, voice(1, 20_000, 24_000)];
    expect(agreed).toEqual(expected);
    expect(exclusive).toEqual(expected);
  });
});
