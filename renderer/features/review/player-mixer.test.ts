import { describe, expect, it } from "vitest";
import { evenMix, gainsOf, sideOf } from "./player-mixer.ts";

const side = (volume: number, muted = false) => ({ volume, muted });

describe("the mix of the sides", () => {
  it("is as recorded when nothing is asked", () => {
    expect(gainsOf(evenMix)).toEqual([1, 0, 0, 1]);
  });
  it("gives a side that is heard alone to both ears", () => {
    expect(gainsOf({ volume: 1, sides: [side(1), side(1, true)] })).toEqual([1, 1, 0, 0]);
    expect(gainsOf({ volume: 1, sides: [side(1, true), side(0.5)] })).toEqual([0, 0, 0.5, 0.5]);
    expect(gainsOf({ volume: 1, sides: [side(0.7), side(0)] })).toEqual([0.7, 0.7, 0, 0]);
  });
  it("keeps each side in its place at its own volume, and is silent when both are muted", () => {
    expect(gainsOf({ volume: 1, sides: [side(0.3), side(0.8)] })).toEqual([0.3, 0, 0, 0.8]);
    expect(gainsOf({ volume: 1, sides: [side(1, true), side(1, true)] })).toEqual([0, 0, 0, 0]);
  });
  it("knows the side of a channel as playback puts many into two", () => {
    expect([0, 1, 2, 3].map(sideOf)).toEqual([0, 1, 0, 1]);
  });
});
