import { describe, expect, it } from "vitest";
import { kaldiBands, kaldiFeatures } from "./kaldi-features.ts";

/** One frame by Kaldi's definition, with plain sums. */
function slowFrame(samples: Float32Array, from: number): number[] {
  const frame = Array.from({ length: 400 }, (_, i) => (samples[from + i] ?? 0) * 32_768);
  const mean = frame.reduce((a, b) => a + b, 0) / 400;
  const centred = frame.map((x) => x - mean);
  const emphasised = centred.map((x, i) => x - 0.97 * (centred[Math.max(0, i - 1)] ?? 0));
  const windowed = emphasised.map((x, i) => x * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 399)) ** 0.85);
  const power = Array.from({ length: 256 }, (_, k) => {
    let re = 0;
    let im = 0;
    windowed.forEach((x, n) => {
      re += x * Math.cos((2 * Math.PI * k * n) / 512);
      im -= x * Math.sin((2 * Math.PI * k * n) / 512);
    });
    return re * re + im * im;
  });
  const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);
  const low = mel(20);
  const step = (mel(8_000) - low) / 81;
  return Array.from({ length: 80 }, (_, band) => {
    const sum = power.reduce((total, p, k) => {
      const place = (mel((k * 16_000) / 512) - low) / step - band;
      return total + p * Math.max(0, Math.min(place, 2 - place));
    }, 0);
    return Math.log(Math.max(1.1920928955078125e-7, sum));
  });
}

describe("Kaldi's filter-bank features", () => {
  it("equal the definition", () => {
    const samples = Float32Array.from(
      { length: 1_200 },
      (_, i) => 0.3 * Math.sin(i * 0.11) + 0.05 * Math.sin(i * i * 0.01) + 0.02,
    );
    const features = kaldiFeatures(samples, "povey");
    expect(features.length).toBe(6 * kaldiBands);
    for (const t of [0, 3, 5]) {
      slowFrame(samples, t * 160).forEach((expected, band) => {
        expect(features[t * kaldiBands + band]).toBeCloseTo(expected, 3);
      });
    }
  });

  it("gives no frame for less than 25 ms", () => {
    expect(kaldiFeatures(new Float32Array(399), "hamming")).toHaveLength(0);
  });
});
