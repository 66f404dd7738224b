import { describe, expect, it } from "vitest";
import { cosine } from "./clustering.ts";
import { unit, type VoicePrint } from "./embedding.ts";
import { gapBetween } from "./second-voice.ts";

/** Prints scattered around a direction. */
function printsAround(direction: number, count: number): VoicePrint[] {
  return Array.from({ length: count }, (_, i) => {
    const embedding = Float32Array.from({ length: 16 }, (_, k) => Math.cos(direction + k) + 0.4 * Math.sin(i * 7.3 + k * 1.9));
    return { window: i, voice: 0, seconds: 2, embedding: unit(embedding) };
  });
}

describe("the gap between two voices", () => {
  it("is the difference of the mean cosines of all pairs", () => {
    const [a, b] = [printsAround(0.2, 9), printsAround(1.4, 5)];
    const all = [...a, ...b];
    let [within, across, pairsWithin, pairsAcross] = [0, 0, 0, 0];
    for (let i = 0; i < all.length; i++) {
      for (let j = i + 1; j < all.length; j++) {
        const likeness = cosine((all[i] as VoicePrint).embedding, (all[j] as VoicePrint).embedding);
        if (i < a.length === j < a.length) {
          within += likeness;
          pairsWithin++;
        } else {
          across += likeness;
          pairsAcross++;
        }
      }
    }
    expect(gapBetween(a, b)).toBeCloseTo(within / pairsWithin - across / pairsAcross, 6);
    expect(gapBetween(a.slice(0, 1), b.slice(0, 1))).toBeCloseTo(
      -cosine(all[0]?.embedding as Float32Array, b[0]?.embedding as Float32Array),
      6,
    );
  });
});
