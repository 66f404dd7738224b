import type { SoundKind } from "../../app/conversation/conversation.ts";
import { sampleRate } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { Sound } from "../session.ts";
import { type Listening, stopIfCancelled } from "../speech-error.ts";
import { dialFrame, dialHop, keyOf, pressesOf } from "./dial-tones.ts";
import { musicOf, noteListener } from "./music.ts";
import { spectrumReader, toneFrame, toneHop } from "./spectrum.ts";
import { steadyTones, toneOf } from "./steady-tones.ts";

/** A stretch in which something other than speech is heard, in samples. */
export interface FoundSound extends Stretch {
  readonly kind: SoundKind;
  readonly confidence: number;
}

/** Samples read at once: about 20 s, a whole number of frames of both kinds. */
const readSamples = 20 * sampleRate - ((20 * sampleRate) % toneHop);
/** Key presses this close together are one entry: 1.5 s. */
const betweenKeys = 1.5 * sampleRate;

/** Power below which a frame holds nothing worth looking at: -60 dB. */
const quiet = 1e-6;

/**
 * Ringing, keys, tones and music of one channel, in order of start. Reads the channel once; what is kept of it are a few
 * bytes for each 16 ms.
 *
 * @throws SpeechError `cancelled`
 */
export async function findSounds(sound: Sound, channel: number, attention: Listening): Promise<FoundSound[]> {
  const length = Math.round((sound.durationMs * sampleRate) / 1_000);
  const keys = new Int8Array(Math.ceil(length / dialHop)).fill(-1);
  const pitches = new Float32Array(Math.ceil(length / toneHop));
  const toneLevels = new Float32Array(pitches.length);
  const notes = noteListener(pitches.length);
  const spectrum = spectrumReader();
  const power = new Float64Array(toneFrame / 2 + 1);
  const room = new Float32Array(readSamples + toneFrame);
  for (let at = 0; at + toneFrame <= length; at += readSamples) {
    stopIfCancelled(attention.signal);
    // A frame that begins here may end in the next stretch.
    const samples = await sound.read(channel, at, readSamples + toneFrame, room);
    for (let i = 0; i < readSamples && i + dialFrame <= samples.length; i += dialHop) {
      keys[(at + i) / dialHop] = keyOf(samples.subarray(i, i + dialFrame));
    }
    for (let i = 0; i < readSamples && i + toneFrame <= samples.length; i += toneHop) {
      if (isQuiet(samples, i)) power.fill(0);
      else spectrum(samples, i, power);
      const { pitch, level } = toneOf(power);
      pitches[(at + i) / toneHop] = pitch;
      toneLevels[(at + i) / toneHop] = level;
      notes.hear(power);
    }
    attention.onProgress(Math.min(1, (at + readSamples) / length));
  }
  const entries: FoundSound[] = [];
  for (const press of pressesOf(keys)) {
    const last = entries.at(-1);
    if (last !== undefined && press.start - last.end <= betweenKeys) entries[entries.length - 1] = { ...last, end: press.end };
    else entries.push({ ...press, kind: "dtmf", confidence: 0.95 });
  }
  const music = musicOf(notes).map((stretch): FoundSound => ({ ...stretch, kind: "music" }));
  const free = (stretch: Stretch, others: readonly Stretch[]) =>
    !others.some(({ start, end }) => Math.min(end, stretch.end) > Math.max(start, stretch.start));
  // A key held down is a tone too, and a long note of the music is: the more telling name stands.
  const tones = steadyTones(pitches, toneLevels).filter((tone) => free(tone, entries) && free(tone, music));
  return [...entries, ...tones, ...music]
    .map((found) => ({ ...found, end: Math.min(length, found.end) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

function isQuiet(samples: Float32Array, from: number): boolean {
  let sum = 0;
  for (let i = from; i < from + toneFrame; i++) sum += (samples[i] as number) ** 2;
  return sum < quiet * toneFrame;
}
