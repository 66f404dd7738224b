import { describe, expect, it } from "vitest";
import { readMix, writeMix } from "./player-mix-kept.ts";
import { evenMix, type Mix } from "./player-mixer.ts";

describe("a kept mix", () => {
  it("is read back as it was written", () => {
    const mix: Mix = {
      volume: 0.8,
      sides: [
        { volume: 1, muted: false },
        { volume: 0.25, muted: true },
      ],
    };
    expect(readMix(writeMix(mix))).toEqual(mix);
  });
  it("is nothing for the recorded one, and for what is none", () => {
    expect(writeMix(evenMix)).toBeUndefined();
    expect([undefined, 3, "", "{", '{"volume":2}', '{"volume":1,"sides":[]}'].map(readMix)).toEqual(Array(6).fill(null));
  });
});
