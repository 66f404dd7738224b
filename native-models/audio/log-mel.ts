import { realFourier } from "./fourier.ts";
import { bandEnergy, slaneyFilters } from "./mel-filters.ts";

/** How a Whisper wants its features: what its preprocessor_config.json says. */
export interface LogMelShape {
  readonly bands: number;
  readonly fftSize: number;
  readonly hop: number;
  readonly rate: number;
  /** Frames of a whole window. */
  readonly frames: number;
}

/** Makes the features of one window after another; keeps its tables and buffers. */
export interface LogMel {
  readonly shape: LogMelShape;
  /**
   * Features of a window: `bands` rows of `frames` values.
   *
   * @param samples at most `frames × hop` samples, -1 to 1; silence is added behind.
   */
  features(samples: Float32Array): Float32Array; // [bands, frames]
}

/** Smallest power the logarithm sees. */
const floor = 1e-10;
/** How far below its loudest point a window is cut: 8 in log10, that is 80 dB. */
const range = 8;

/**
 * Whisper's log-mel features: a periodic Hann window over frames centred by reflection, power, Slaney's mel bands,
 * log10, cut at 8 below the loudest point, then (x + 4) / 4. Equal to openai/whisper's `log_mel_spectrogram` to 1e-4.
 */
export function logMel(shape: LogMelShape): LogMel {
  const { bands, fftSize, hop, rate, frames } = shape;
  const bank = slaneyFilters(bands, fftSize, rate);
  const fourier = realFourier(fftSize);
  const hann = Float64Array.from({ length: fftSize }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / fftSize));
  const frame = new Float64Array(fftSize);
  const power = new Float64Array(fftSize / 2 + 1);
  const length = frames * hop;
  const half = fftSize / 2;

  return {
    shape,
    features(samples) {
      const out = new Float32Array(bands * frames);
      const present = Math.min(samples.length, length);
      // Frames that see nothing but the added silence all come out at the floor and need no transform.
      const heard = Math.min(frames, Math.ceil((present + half) / hop));
      let loudest = Math.log10(floor);
      for (let t = 0; t < heard; t++) {
        const start = t * hop - half;
        for (let i = 0; i < fftSize; i++) {
          let at = start + i;
          if (at < 0) at = -at;
          else if (at >= length) at = 2 * (length - 1) - at;
          frame[i] = at < present ? (samples[at] as number) * (hann[i] as number) : 0;
        }
        fourier.powerSpectrum(frame, power);
        for (let band = 0; band < bands; band++) {
          const value = Math.log10(Math.max(floor, bandEnergy(bank, band, power)));
          if (value > loudest) loudest = value;
          out[band * frames + t] = value;
        }
      }
      const cut = loudest - range;
      const empty = (Math.max(Math.log10(floor), cut) + 4) / 4;
      for (let band = 0; band < bands; band++) {
        const row = band * frames;
        for (let t = 0; t < heard; t++) out[row + t] = (Math.max(out[row + t] as number, cut) + 4) / 4;
        out.fill(empty, row + heard, row + frames);
      }
      return out;
    },
  };
}
