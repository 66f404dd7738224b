import { describe, expect, it } from "vitest";
import { fading, logOfBoth, logSumExp } from "./exponentials.ts";

describe("sums of exponentials", () => {
  it("follow Math.exp to a relative 3e-9, and come to nothing far out", () => {
    let worst = 0;
    for (let distance = 0; distance < 39.99; distance += 0.00731)
      worst = Math.max(worst, Math.abs(fading(distance) / Math.exp(-distance) - 1));
    expect(worst).toBeLessThan(3e-9);
    expect([fading(40), fading(1e9), fading(Infinity), fading(Number.NaN)]).toEqual([0, 0, 0, 0]);
  });

  it("do not overflow, and know nothing at all", () => {
    expect(logSumExp(Float32Array.of(1_000, 1_000), 0, 2)).toBeCloseTo(1_000 + Math.log(2), 6);
    expect(logSumExp(Float32Array.of(5, -Infinity, 3), 1, 2)).toBe(-Infinity);
    expect(logOfBoth(-Infinity, -2)).toBe(-2);
    expect(logOfBoth(-Infinity, -Infinity)).toBe(-Infinity);
  });

  it("are those of a whole vocabulary", () => {
    const logits = Float32Array.from({ length: 51_865 }, (_, i) => 12 * Math.sin(i * 1.7) + (i % 13));
    const right = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect(logSumExp(logits, 0, logits.length)).toBeCloseTo(right, 7);
    expect(logOfBoth(logSumExp(logits, 0, 9), logSumExp(logits, 9, logits.length))).toBeCloseTo(right, 7);
  });
});
