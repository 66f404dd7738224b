/** Transforms real frames of one length; made once and used for every frame. */
export interface RealFourier {
  /** Samples in a frame. */
  readonly size: number;
  /**
   * Writes the power spectrum |X(k)|² of a frame, k = 0 … size/2, into `power`.
   *
   * @param frame `size` samples; left as they are.
   * @param power room for size/2 + 1 values.
   */
  powerSpectrum(frame: Float64Array, power: Float64Array): void;
}

/**
 * A Fourier transform of real frames of an even length. The frame is packed into half as many complex numbers,
 * transformed by a mixed-radix Stockham algorithm (so that Whisper's 400 needs no padding), and unpacked.
 *
 * Source: Cooley and Tukey 1965; the packing as in Press et al., "FFT of single real function".
 */
export function realFourier(size: number): RealFourier {
  if (size < 2 || size % 2 !== 0) throw new RangeError(`A real transform needs an even length, not ${size}.`);
  const half = size / 2;
  const transform = complexFourier(half);
  let re = new Float64Array(half);
  let im = new Float64Array(half);
  let spareRe = new Float64Array(half);
  let spareIm = new Float64Array(half);
  const cos = new Float64Array(half + 1);
  const sin = new Float64Array(half + 1);
  for (let k = 0; k <= half; k++) {
    cos[k] = Math.cos((2 * Math.PI * k) / size);
    sin[k] = Math.sin((2 * Math.PI * k) / size);
  }

  return {
    size,
    powerSpectrum(frame, power) {
      for (let n = 0; n < half; n++) {
        re[n] = frame[2 * n] as number;
        im[n] = frame[2 * n + 1] as number;
      }
      if (transform(re, im, spareRe, spareIm)) {
        [re, spareRe] = [spareRe, re];
        [im, spareIm] = [spareIm, im];
      }
      for (let k = 0; k <= half; k++) {
        const a = k === half ? 0 : k;
        const b = k === 0 ? 0 : half - k;
        const evenRe = ((re[a] as number) + (re[b] as number)) / 2;
        const evenIm = ((im[a] as number) - (im[b] as number)) / 2;
        const oddRe = ((im[a] as number) + (im[b] as number)) / 2;
        const oddIm = ((re[b] as number) - (re[a] as number)) / 2;
        const c = cos[k] as number;
        const s = sin[k] as number;
        const x = evenRe + oddRe * c + oddIm * s;
        const y = evenIm + oddIm * c - oddRe * s;
        power[k] = x * x + y * y;
      }
    },
  };
}

/** Splits a length into the radices it is transformed by. */
function radices(size: number): number[] {
  const found: number[] = [];
  let rest = size;
  for (const radix of [4, 2, 3, 5]) {
    while (rest % radix === 0) {
      found.push(radix);
      rest /= radix;
    }
  }
  for (let radix = 7; rest > 1; radix += 2) {
    while (rest % radix === 0) {
      found.push(radix);
      rest /= radix;
    }
  }
  return found;
}

interface Step {
  readonly radix: number;
  /** Length of the transforms this step works on. */
  readonly length: number;
  /** How many of them lie side by side. */
  readonly stride: number;
  /** e^(-2πi·p·j/length) for p < length/radix and j < radix. */
  readonly twiddleRe: Float64Array;
  readonly twiddleIm: Float64Array;
  /** e^(-2πi·j·k/radix). */
  readonly rootRe: Float64Array;
  readonly rootIm: Float64Array;
}

/** The forward transform; the returned function says whether the result lies in the second pair of arrays. */
function complexFourier(
  size: number,
): (re: Float64Array, im: Float64Array, otherRe: Float64Array, otherIm: Float64Array) => boolean {
  const steps: Step[] = [];
  let length = size;
  let stride = 1;
  for (const radix of radices(size)) {
    const parts = length / radix;
    const step: Step = {
      radix,
      length,
      stride,
      twiddleRe: new Float64Array(parts * radix),
      twiddleIm: new Float64Array(parts * radix),
      rootRe: new Float64Array(radix * radix),
      rootIm: new Float64Array(radix * radix),
    };
    for (let p = 0; p < parts; p++) {
      for (let j = 0; j < radix; j++) {
        const angle = (-2 * Math.PI * p * j) / length;
        step.twiddleRe[p * radix + j] = Math.cos(angle);
        step.twiddleIm[p * radix + j] = Math.sin(angle);
      }
    }
    for (let j = 0; j < radix; j++) {
      for (let k = 0; k < radix; k++) {
        const angle = (-2 * Math.PI * j * k) / radix;
        step.rootRe[j * radix + k] = Math.cos(angle);
        step.rootIm[j * radix + k] = Math.sin(angle);
      }
    }
    steps.push(step);
    length = parts;
    stride *= radix;
  }

  return (re, im, otherRe, otherIm) => {
    let fromRe = re;
    let fromIm = im;
    let toRe = otherRe;
    let toIm = otherIm;
    for (const { radix, length: n, stride: s, twiddleRe, twiddleIm, rootRe, rootIm } of steps) {
      const parts = n / radix;
      if (radix === 4) {
        stepOfFour(fromRe, fromIm, toRe, toIm, parts, s, twiddleRe, twiddleIm);
        [fromRe, toRe] = [toRe, fromRe];
        [fromIm, toIm] = [toIm, fromIm];
        continue;
      }
      if (radix === 5) {
        stepOfFive(fromRe, fromIm, toRe, toIm, parts, s, twiddleRe, twiddleIm);
        [fromRe, toRe] = [toRe, fromRe];
        [fromIm, toIm] = [toIm, fromIm];
        continue;
      }
      for (let p = 0; p < parts; p++) {
        for (let q = 0; q < s; q++) {
          for (let j = 0; j < radix; j++) {
            let sumRe = 0;
            let sumIm = 0;
            for (let k = 0; k < radix; k++) {
              const index = q + s * (p + parts * k);
              const x = fromRe[index] as number;
              const y = fromIm[index] as number;
              const c = rootRe[j * radix + k] as number;
              const d = rootIm[j * radix + k] as number;
              sumRe += x * c - y * d;
              sumIm += x * d + y * c;
            }
            const c = twiddleRe[p * radix + j] as number;
            const d = twiddleIm[p * radix + j] as number;
            const index = q + s * (radix * p + j);
            toRe[index] = sumRe * c - sumIm * d;
            toIm[index] = sumRe * d + sumIm * c;
          }
        }
      }
      [fromRe, toRe] = [toRe, fromRe];
      [fromIm, toIm] = [toIm, fromIm];
    }
    return fromRe !== re;
  };
}

/** A step of radix 4, whose roots are 1, -i, -1 and i: nothing is multiplied but the twiddles. */
function stepOfFour(
  fromRe: Float64Array,
  fromIm: Float64Array,
  toRe: Float64Array,
  toIm: Float64Array,
  parts: number,
  stride: number,
  twiddleRe: Float64Array,
  twiddleIm: Float64Array,
): void {
  const quarter = stride * parts;
  for (let p = 0; p < parts; p++) {
    const c1 = twiddleRe[4 * p + 1] as number;
    const d1 = twiddleIm[4 * p + 1] as number;
    const c2 = twiddleRe[4 * p + 2] as number;
    const d2 = twiddleIm[4 * p + 2] as number;
    const c3 = twiddleRe[4 * p + 3] as number;
    const d3 = twiddleIm[4 * p + 3] as number;
    for (let q = 0; q < stride; q++) {
      const at = q + stride * p;
      const aRe = fromRe[at] as number;
      const aIm = fromIm[at] as number;
      const bRe = fromRe[at + quarter] as number;
      const bIm = fromIm[at + quarter] as number;
      const cRe = fromRe[at + 2 * quarter] as number;
      const cIm = fromIm[at + 2 * quarter] as number;
      const dRe = fromRe[at + 3 * quarter] as number;
      const dIm = fromIm[at + 3 * quarter] as number;
      const acRe = aRe + cRe;
      const acIm = aIm + cIm;
      const bdRe = bRe + dRe;
      const bdIm = bIm + dIm;
      const xRe = aRe - cRe;
      const xIm = aIm - cIm;
      const yRe = bRe - dRe;
      const yIm = bIm - dIm;
      const to = q + 4 * stride * p;
      toRe[to] = acRe + bdRe;
      toIm[to] = acIm + bdIm;
      const oneRe = xRe + yIm;
      const oneIm = xIm - yRe;
      toRe[to + stride] = oneRe * c1 - oneIm * d1;
      toIm[to + stride] = oneRe * d1 + oneIm * c1;
      const twoRe = acRe - bdRe;
      const twoIm = acIm - bdIm;
      toRe[to + 2 * stride] = twoRe * c2 - twoIm * d2;
      toIm[to + 2 * stride] = twoRe * d2 + twoIm * c2;
      const threeRe = xRe - yIm;
      const threeIm = xIm + yRe;
      toRe[to + 3 * stride] = threeRe * c3 - threeIm * d3;
      toIm[to + 3 * stride] = threeRe * d3 + threeIm * c3;
    }
  }
}

const cosFifth = Math.cos((2 * Math.PI) / 5);
const sinFifth = Math.sin((2 * Math.PI) / 5);
const cosTwoFifths = Math.cos((4 * Math.PI) / 5);
const sinTwoFifths = Math.sin((4 * Math.PI) / 5);

/** A step of radix 5, whose roots pair off into sums and differences: 16 real multiplications in place of 100. */
function stepOfFive(
  fromRe: Float64Array,
  fromIm: Float64Array,
  toRe: Float64Array,
  toIm: Float64Array,
  parts: number,
  stride: number,
  twiddleRe: Float64Array,
  twiddleIm: Float64Array,
): void {
  const fifth = stride * parts;
  for (let p = 0; p < parts; p++) {
    const c1 = twiddleRe[5 * p + 1] as number;
    const d1 = twiddleIm[5 * p + 1] as number;
    const c2 = twiddleRe[5 * p + 2] as number;
    const d2 = twiddleIm[5 * p + 2] as number;
    const c3 = twiddleRe[5 * p + 3] as number;
    const d3 = twiddleIm[5 * p + 3] as number;
    const c4 = twiddleRe[5 * p + 4] as number;
    const d4 = twiddleIm[5 * p + 4] as number;
    for (let q = 0; q < stride; q++) {
      const at = q + stride * p;
      const aRe = fromRe[at] as number;
      const aIm = fromIm[at] as number;
      const bRe = fromRe[at + fifth] as number;
      const bIm = fromIm[at + fifth] as number;
      const cRe = fromRe[at + 2 * fifth] as number;
      const cIm = fromIm[at + 2 * fifth] as number;
      const dRe = fromRe[at + 3 * fifth] as number;
      const dIm = fromIm[at + 3 * fifth] as number;
      const eRe = fromRe[at + 4 * fifth] as number;
      const eIm = fromIm[at + 4 * fifth] as number;
      const beRe = bRe + eRe;
      const beIm = bIm + eIm;
      const cdRe = cRe + dRe;
      const cdIm = cIm + dIm;
      const xRe = bRe - eRe;
      const xIm = bIm - eIm;
      const yRe = cRe - dRe;
      const yIm = cIm - dIm;
      const nearRe = aRe + cosFifth * beRe + cosTwoFifths * cdRe;
      const nearIm = aIm + cosFifth * beIm + cosTwoFifths * cdIm;
      const farRe = aRe + cosTwoFifths * beRe + cosFifth * cdRe;
      const farIm = aIm + cosTwoFifths * beIm + cosFifth * cdIm;
      const nearTurnRe = sinFifth * xRe + sinTwoFifths * yRe;
      const nearTurnIm = sinFifth * xIm + sinTwoFifths * yIm;
      const farTurnRe = sinTwoFifths * xRe - sinFifth * yRe;
      const farTurnIm = sinTwoFifths * xIm - sinFifth * yIm;
      const to = q + 5 * stride * p;
      toRe[to] = aRe + beRe + cdRe;
      toIm[to] = aIm + beIm + cdIm;
      const oneRe = nearRe + nearTurnIm;
      const oneIm = nearIm - nearTurnRe;
      toRe[to + stride] = oneRe * c1 - oneIm * d1;
      toIm[to + stride] = oneRe * d1 + oneIm * c1;
      const twoRe = farRe + farTurnIm;
      const twoIm = farIm - farTurnRe;
      toRe[to + 2 * stride] = twoRe * c2 - twoIm * d2;
      toIm[to + 2 * stride] = twoRe * d2 + twoIm * c2;
      const threeRe = farRe - farTurnIm;
      const threeIm = farIm + farTurnRe;
      toRe[to + 3 * stride] = threeRe * c3 - threeIm * d3;
      toIm[to + 3 * stride] = threeRe * d3 + threeIm * c3;
      const fourRe = nearRe - nearTurnIm;
      const fourIm = nearIm + nearTurnRe;
      toRe[to + 4 * stride] = fourRe * c4 - fourIm * d4;
      toIm[to + 4 * stride] = fourRe * d4 + fourIm * c4;
    }
  }
}
