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
/** Cosines of the recurrence. */
const steps = [...low, ...high].map((frequency) => 2 * Math.cos((2 * Math.PI * frequency) / sampleRate));
const reads = [...low, ...high].map((frequency) => ({
  re: Math.cos((2 * Math.PI * frequency) / sampleRate),
  im: Math.sin((2 * Math.PI * frequency) / sampleRate),
}));

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
  const powers = steps.map((step, i) => powerAt(frame, step, i));
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

/** Mean power of a tone of the frequency, so that a pure tone gives that of its samples. */
function powerAt(frame: Float32Array, step: number, index: number): number {
  let s1 = 0;
  let s2 = 0;
  for (const sample of frame) {
    const s = sample + step * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  const { re, im } = reads[index] as { re: number; im: number };
  const x = s1 - s2 * re;
  const y = s2 * im;
  return (2 * (x * x + y * y)) / (frame.length * frame.length);
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
