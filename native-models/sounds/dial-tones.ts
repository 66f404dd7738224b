import { sampleRate } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";

/*
 * Keys pressed on a telephone: two tones at once, one of four low and one of four high (ITU-T Q.23). Found by Goertzel's
 * recurrence (Goertzel 1958), which gives the power of one frequency without a whole Fourier transform.
 *
 * Which key it was is worked out to tell one press from the next, and not kept: keys pressed in a call are card numbers
 * and PINs more often than anything else.
 */

/** Samples of a frame: 32 ms, within the 40 ms that a key sounds at least (ITU-T Q.24). */
export const dialFrame = 512;
/** Samples from frame to frame: 16 ms. */
export const dialHop = 256;

const low = [697, 770, 852, 941];
const high = [1_209, 1_336, 1_477, 1_633];
const angles = [...low, ...high].map((frequency) => (2 * Math.PI * frequency) / sampleRate);
/** Factors of the recurrence, and what its last two values are read with. */
const factors = Float64Array.from(angles, (angle) => 2 * Math.cos(angle));
interface Read {
  readonly re: number;
  readonly im: number;
}
const reads = angles.map((angle): Read => ({ re: Math.cos(angle), im: Math.sin(angle) }));

/** Quieter frames are not looked at: -50 dB. */
const leastPower = 1e-5;
/** The two tones hold at least this share of the frame's power: no voice is as pure. */
const leastShare = 0.82;
/** One tone may be this much stronger than the other: 10 dB (Q.24 asks for 8 with some room). */
const mostTwist = 10;
/** Each tone stands out of its group by this factor: 8 dB. */
const standsOut = 6.3;
/** A press lasts at least so many frames: 3 are 64 ms of sound. */
const fewestFrames = 3;

/** The key that sounds in a frame, 0 to 15; -1 for none. */
export function keyOf(frame: Float32Array): number {
  let power = 0;
  for (const sample of frame) power += sample * sample;
  power /= frame.length;
  if (power < leastPower) return -1;
  const powers = [...tonePowers(frame, 0), ...tonePowers(frame, 4)];
  const a = strongest(powers, 0);
  const b = strongest(powers, 4);
  const [powerA, powerB] = [powers[a] as number, powers[b] as number];
  if (powerA + powerB < leastShare * power) return -1;
  if (Math.max(powerA, powerB) > Math.min(powerA, powerB) * 10 ** (mostTwist / 10)) return -1;
  for (let i = 0; i < 8; i++) {
    const own = i < 4 ? powerA : powerB;
    if (i !== a && i !== b && (powers[i] as number) * standsOut > own) return -1;
  }
  return a * 4 + b - 4;
}

/**
 * Mean power of each of four tones, so that a pure one gives that of its samples. The four recurrences run beside one
 * another, because each step of one has to wait for the step before.
 */
function tonePowers(frame: Float32Array, group: number): number[] {
  const fa = factors[group] as number;
  const fb = factors[group + 1] as number;
  const fc = factors[group + 2] as number;
  const fd = factors[group + 3] as number;
  let [a1, a2, b1, b2, c1, c2, d1, d2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < frame.length; i++) {
    const sample = frame[i] as number;
    const a = sample + fa * a1 - a2;
    a2 = a1;
    a1 = a;
    const b = sample + fb * b1 - b2;
    b2 = b1;
    b1 = b;
    const c = sample + fc * c1 - c2;
    c2 = c1;
    c1 = c;
    const d = sample + fd * d1 - d2;
    d2 = d1;
    d1 = d;
  }
  const power = (s1: number, s2: number, { re, im }: Read) => {
    const x = s1 - s2 * re;
    const y = s2 * im;
    return (2 * (x * x + y * y)) / (frame.length * frame.length);
  };
  const [ra, rb, rc, rd] = reads.slice(group, group + 4) as [Read, Read, Read, Read];
  return [power(a1, a2, ra), power(b1, b2, rb), power(c1, c2, rc), power(d1, d2, rd)];
}

function strongest(powers: readonly number[], from: number): number {
  let best = from;
  for (let i = from; i < from + 4; i++) if ((powers[i] as number) > (powers[best] as number)) best = i;
  return best;
}

/** Presses in the keys of the frames, in samples. */
export function pressesOf(keys: Int8Array): Stretch[] {
  const presses: Stretch[] = [];
  for (let from = 0; from < keys.length; ) {
    let to = from;
    while (to < keys.length && keys[to] === keys[from]) to++;
    if (keys[from] !== -1 && to - from >= fewestFrames) {
      presses.push({ start: from * dialHop, end: (to - 1) * dialHop + dialFrame });
    }
    from = to;
  }
  return presses;
}
