import type { Sound } from "../session.ts";
import { type Listening, stopIfCancelled } from "../speech-error.ts";

/** Samples of a frame whose level is measured: 20 ms. */
export const levelFrame = 320;
/** The level of nothing at all, in dB. */
export const levelFloor = -100;

/** Samples read at once: 60 s, so that a long recording never lies in memory whole. */
const readSamples = levelFrame * 3_000;

/**
 * The level of each 20 ms of a channel, in dB relative to full scale.
 *
 * @throws SpeechError `cancelled`
 */
export async function levels(sound: Sound, channel: number, attention: Listening): Promise<Float32Array> {
  const total = Math.ceil((sound.durationMs * 16) / levelFrame);
  const out = new Float32Array(total).fill(levelFloor);
  const room = new Float32Array(readSamples);
  for (let frame = 0; frame < total; ) {
    stopIfCancelled(attention.signal);
    const samples = await sound.read(channel, frame * levelFrame, readSamples, room);
    if (samples.length === 0) break;
    const frames = Math.ceil(samples.length / levelFrame);
    for (let i = 0; i < frames && frame + i < total; i++) {
      const part = samples.subarray(i * levelFrame, (i + 1) * levelFrame);
      out[frame + i] = levelOf(part);
    }
    frame += frames;
    attention.onProgress(Math.min(1, frame / total));
  }
  return out;
}

/** Root mean square of some samples, in dB relative to full scale. */
export function levelOf(samples: Float32Array): number {
  if (samples.length === 0) return levelFloor;
  // A constant offset is no sound.
  let mean = 0;
  for (const sample of samples) mean += sample;
  mean /= samples.length;
  let sum = 0;
  for (const sample of samples) sum += (sample - mean) ** 2;
  return Math.max(levelFloor, 10 * Math.log10(sum / samples.length + 1e-10));
}
