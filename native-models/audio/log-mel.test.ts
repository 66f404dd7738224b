import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { readNpz } from "../diarization/numpy-archive.ts";
import { logMel } from "./log-mel.ts";
import { slaneyFilters } from "./mel-filters.ts";

const shape = { bands: 80, fftSize: 400, hop: 160, rate: 16_000, frames: 30 };

/** Whisper's features by the definition: whole padded signal, plain sums, dense filters. */
function slowLogMel(samples: Float32Array, filters: Float32Array, { bands, fftSize, hop, frames }: typeof shape): Float64Array {
  const length = frames * hop;
  const padded = Float64Array.from({ length }, (_, i) => samples[i] ?? 0);
  const at = (i: number) => padded[i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i] ?? 0;
  const out = new Float64Array(bands * frames);
  for (let t = 0; t < frames; t++) {
    const power: number[] = [];
    for (let k = 0; k <= fftSize / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < fftSize; n++) {
        const x = at(t * hop + n - fftSize / 2) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / fftSize));
        re += x * Math.cos((2 * Math.PI * k * n) / fftSize);
        im -= x * Math.sin((2 * Math.PI * k * n) / fftSize);
      }
      power.push(re * re + im * im);
    }
    for (let band = 0; band < bands; band++) {
      const sum = power.reduce((total, p, k) => total + p * (filters[band * (fftSize / 2 + 1) + k] ?? 0), 0);
      out[band * frames + t] = Math.log10(Math.max(1e-10, sum));
    }
  }
  const highest = out.reduce((a, b) => Math.max(a, b), -Infinity);
  return out.map((value) => (Math.max(value, highest - 8) + 4) / 4);
}

function dense(bands: number): Float32Array {
  const bank = slaneyFilters(bands, 400, 16_000);
  const out = new Float32Array(bands * 201);
  bank.weights.forEach((row, band) => {
    out.set(row, band * 201 + (bank.first[band] ?? 0));
  });
  return out;
}

describe("log-mel features", () => {
  it.runIf(sharedMaterialPresent)("weighs the spectrum with the filters that openai/whisper ships", () => {
    const reference = readNpz(readFileSync(`${sharedMaterial}models/whisper-reference/mel_filters.npz`));
    for (const bands of [80, 128]) {
      const filters = reference.get(`mel_${bands}`);
      expect(filters?.shape).toEqual([bands, 201]);
      const own = dense(bands);
      const worst = own.reduce((most, value, i) => Math.max(most, Math.abs(value - (filters?.data[i] ?? NaN))), 0);
      expect(worst).toBeLessThan(1e-7);
    }
  });

  for (const heard of [0, 1_000, 3_111, 4_800, 9_000]) {
    it(`equals the definition to 1e-4 for ${heard} samples`, () => {
      const samples = Float32Array.from(
        { length: heard },
        (_, i) => 0.4 * Math.sin(i * 0.05) * Math.cos(i * 0.0007) + 0.01 * Math.sin(i * i),
      );
      const features = logMel(shape).features(samples);
      const expected = slowLogMel(samples.subarray(0, 4_800), dense(80), shape);
      const worst = features.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
      expect(worst).toBeLessThan(1e-4);
    });
  }
});
