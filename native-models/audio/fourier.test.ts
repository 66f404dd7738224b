import { describe, expect, it } from "vitest";
import { realFourier } from "./fourier.ts";

function slowPower(frame: Float64Array): number[] {
  return Array.from({ length: frame.length / 2 + 1 }, (_, k) => {
    let re = 0;
    let im = 0;
    frame.forEach((x, n) => {
      re += x * Math.cos((2 * Math.PI * k * n) / frame.length);
      im -= x * Math.sin((2 * Math.PI * k * n) / frame.length);
    });
    return re * re + im * im;
  });
}

describe("the real Fourier transform", () => {
  for (const size of [2, 4, 6, 14, 30, 400, 512]) {
    it(`equals the definition for ${size} samples, twice in a row`, () => {
      const fourier = realFourier(size);
      for (const seed of [1, 7]) {
        const frame = Float64Array.from({ length: size }, (_, i) => Math.sin(seed * i * i + 0.3) + 0.2);
        const power = new Float64Array(size / 2 + 1);
        fourier.powerSpectrum(frame, power);
        slowPower(frame).forEach((expected, k) => {
          expect(power[k]).toBeCloseTo(expected, 6);
        });
      }
    });
  }

  it("refuses an odd length", () => {
    expect(() => realFourier(399)).toThrow(RangeError);
  });
});
