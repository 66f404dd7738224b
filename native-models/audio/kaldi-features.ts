import { realFourier } from "./fourier.ts";
import { bandEnergy, kaldiFilters } from "./mel-filters.ts";
import { sampleRate } from "./sample-rate.ts";

/** Bands of a frame: what speaker embeddings are made from. */
export const kaldiBands = 80;
/** Samples in a frame: 25 ms. */
export const kaldiFrame = 400;
/** Samples from frame to frame: 10 ms. */
export const kaldiHop = 160;

/** The window an embedding model was trained with. */
export type KaldiWindow = "povey" | "hamming";

/**
 * Kaldi's filter-bank features (`compute-fbank-feats` without dither and without energy): samples scaled to 16 bit, the
 * frame's mean removed, pre-emphasis 0.97, window, power spectrum over 512 points, 80 bands from 20 to 8,000 Hz, natural
 * logarithm. Frames that would run over the end are left out.
 *
 * @param room what they are written to the beginning of, where there is enough of it.
 * @returns frames × 80 values, one frame after another.
 */
export function kaldiFeatures(samples: Float32Array, window: KaldiWindow, room?: Float32Array): Float32Array {
  const frames = samples.length < kaldiFrame ? 0 : 1 + Math.floor((samples.length - kaldiFrame) / kaldiHop);
  const values = frames * kaldiBands;
  const out = room !== undefined && room.length >= values ? room.subarray(0, values) : new Float32Array(values); // [frames, bands]
  const table = windows[window];
  const frame = new Float64Array(fftSize);
  const power = new Float64Array(fftSize / 2 + 1);
  for (let t = 0; t < frames; t++) {
    let mean = 0;
    for (let i = 0; i < kaldiFrame; i++) {
      const value = (samples[t * kaldiHop + i] as number) * 32_768;
      frame[i] = value;
      mean += value;
    }
    mean /= kaldiFrame;
    for (let i = 0; i < kaldiFrame; i++) frame[i] = (frame[i] as number) - mean;
    for (let i = kaldiFrame - 1; i > 0; i--) frame[i] = (frame[i] as number) - preEmphasis * (frame[i - 1] as number);
    frame[0] = (frame[0] as number) * (1 - preEmphasis);
    for (let i = 0; i < kaldiFrame; i++) frame[i] = (frame[i] as number) * (table[i] as number);
    frame.fill(0, kaldiFrame);
    fourier.powerSpectrum(frame, power);
    for (let band = 0; band < kaldiBands; band++) {
      out[t * kaldiBands + band] = Math.log(Math.max(smallest, bandEnergy(bank, band, power)));
    }
  }
  return out;
}

const preEmphasis = 0.97;
const fftSize = 512;
/** Single-precision epsilon: Kaldi's floor under the logarithm. */
const smallest = 1.1920928955078125e-7;
const bank = kaldiFilters(kaldiBands, fftSize, sampleRate, 20, sampleRate / 2);
const fourier = realFourier(fftSize);
const windows: Record<KaldiWindow, Float64Array> = {
  povey: Float64Array.from({ length: kaldiFrame }, (_, i) => (0.5 - 0.5 * cosine(i)) ** 0.85),
  hamming: Float64Array.from({ length: kaldiFrame }, (_, i) => 0.54 - 0.46 * cosine(i)),
};

function cosine(i: number): number {
  return Math.cos((2 * Math.PI * i) / (kaldiFrame - 1));
}
