/** A bank of triangular filters over the bins of a power spectrum, kept sparse: most weights are nought. */
export interface FilterBank {
  readonly bands: number;
  /** First bin with a weight, for each band. */
  readonly first: Int32Array;
  /** Weights of each band from its first bin on. */
  readonly weights: readonly Float64Array[];
}

/**
 * Slaney's mel filters, area-normalised, as librosa makes them and Whisper uses them: linear below 1,000 Hz,
 * logarithmic above.
 *
 * @param bands 80, or 128 for large-v3 and its kin.
 * @param fftSize samples in a frame.
 * @param rate samples per second.
 */
export function slaneyFilters(bands: number, fftSize: number, rate: number): FilterBank {
  const lowest = hertzToMel(0);
  const highest = hertzToMel(rate / 2);
  const edges = Float64Array.from({ length: bands + 2 }, (_, i) => melToHertz(lowest + ((highest - lowest) * i) / (bands + 1)));
  return triangles(bands, fftSize, (bin) => (bin * rate) / fftSize, edges, true);
}

/**
 * Kaldi's mel filters: equal steps on the scale 1127·ln(1 + f/700), triangles on that scale, peak 1.
 *
 * @param lowHertz lower edge of the first band.
 * @param highHertz upper edge of the last.
 */
export function kaldiFilters(bands: number, fftSize: number, rate: number, lowHertz: number, highHertz: number): FilterBank {
  const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);
  const lowest = mel(lowHertz);
  const highest = mel(highHertz);
  const edges = Float64Array.from({ length: bands + 2 }, (_, i) => lowest + ((highest - lowest) * i) / (bands + 1));
  return triangles(bands, fftSize, (bin) => mel((bin * rate) / fftSize), edges, false);
}

/** Weighs a power spectrum with one band. */
export function bandEnergy(bank: FilterBank, band: number, power: Float64Array): number {
  const weights = bank.weights[band] as Float64Array;
  const first = bank.first[band] as number;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (power[first + i] as number);
  return sum;
}

function triangles(
  bands: number,
  fftSize: number,
  place: (bin: number) => number,
  edges: Float64Array,
  normaliseArea: boolean,
): FilterBank {
  const bins = fftSize / 2 + 1;
  const first = new Int32Array(bands);
  const weights: Float64Array[] = [];
  for (let band = 0; band < bands; band++) {
    const left = edges[band] as number;
    const centre = edges[band + 1] as number;
    const right = edges[band + 2] as number;
    const scale = normaliseArea ? 2 / (right - left) : 1;
    const row: number[] = [];
    let start = 0;
    for (let bin = 0; bin < bins; bin++) {
      const x = place(bin);
      const weight = Math.max(0, Math.min((x - left) / (centre - left), (right - x) / (right - centre))) * scale;
      if (weight <= 0) continue;
      if (row.length === 0) start = bin;
      row.push(weight);
    }
    first[band] = start;
    weights.push(Float64Array.from(row));
  }
  return { bands, first, weights };
}

const linearStep = 200 / 3;
const logFrom = 1_000;
const logFromMel = logFrom / linearStep;
const logStep = Math.log(6.4) / 27;

function hertzToMel(hertz: number): number {
  return hertz < logFrom ? hertz / linearStep : logFromMel + Math.log(hertz / logFrom) / logStep;
}

function melToHertz(mel: number): number {
  return mel < logFromMel ? mel * linearStep : logFrom * Math.exp(logStep * (mel - logFromMel));
}
