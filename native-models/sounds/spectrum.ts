import { realFourier } from "../audio/fourier.ts";
import { sampleRate } from "../audio/sample-rate.ts";

/** Samples of a frame: 64 ms, so that tones 16 Hz apart are told apart. */
export const toneFrame = 1_024;
/** Samples from frame to frame: 32 ms. */
export const toneHop = 512;
/** Width of a bin in Hz. */
export const binWidth = sampleRate / toneFrame;

/** First and last bin that count: 200 to 3,600 Hz, what a telephone carries, without the hum of the mains. */
export const firstBin = Math.ceil(200 / binWidth);
export const lastBin = Math.floor(3_600 / binWidth);

const window = Float64Array.from({ length: toneFrame }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / toneFrame));
/** Power of a full-scale square wave's samples comes out as 1. */
const scale = 2 / (toneFrame * window.reduce((sum, value) => sum + value * value, 0));

/** A reader of frames; each has its own room to work in. */
export function spectrumReader(): (samples: Float32Array, at: number, power: Float64Array) => void {
  const fourier = realFourier(toneFrame);
  const frame = new Float64Array(toneFrame);
  return (samples, at, power) => {
    for (let i = 0; i < toneFrame; i++) frame[i] = (samples[at + i] ?? 0) * (window[i] as number);
    fourier.powerSpectrum(frame, power);
    for (let k = 0; k < power.length; k++) power[k] = (power[k] as number) * scale;
  };
}
