import { levelFloor, levelFrame } from "./levels.ts";
import { joinStretches, type Stretch } from "./spans.ts";

/*
 * Where somebody speaks, by level alone: for a machine without a speech-activity model. The threshold lies between the
 * noise floor, which is followed along the recording, and the level of speech.
 */

/** Below this nothing is speech, however quiet the recording: -60 dB. */
const quietest = -60;
/** Speech stands out of the noise by at least this much, in dB. */
const aboveNoise = 9;
/** Half of the stretch over which the noise floor is looked for: 10 s of 20 ms frames. */
const noiseReach = 500;
/** Pauses inside a word or a phrase are bridged: 0.3 s. */
const bridge = 15 * levelFrame;
/** So little is nobody speaking: 0.5 s of 20 ms frames. */
const leastFrames = 25;
/** A click is no speech: 0.12 s. */
const shortest = 6 * levelFrame;

/**
 * Stretches of speech in the levels of a channel.
 *
 * @param levels one value in dB for each 20 ms.
 */
export function energyActivity(levels: Float32Array): Stretch[] {
  const noise = noiseFloor(levels);
  const floorOfAll = percentile(noise, 0.5);
  const isVoice = (level: number): boolean => level >= quietest && level - floorOfAll >= aboveNoise + 3;
  let loud = percentile(levels, 0.95);
  // Somebody who says little in a long call is not among the loudest twentieth of it.
  if (!isVoice(loud)) loud = loudOfFew(levels, noise);
  // A channel whose loud parts hardly leave its floor is hiss, hum or hold tone, not a voice.
  if (!isVoice(loud)) return [];
  const found: Stretch[] = [];
  let start = -1;
  for (let i = 0; i <= levels.length; i++) {
    const floor = noise[i] ?? 0;
    const threshold = Math.max(quietest, floor + Math.max(aboveNoise, 0.35 * (loud - floor)));
    const speaks = i < levels.length && (levels[i] as number) > threshold;
    if (speaks && start < 0) start = i;
    if (!speaks && start >= 0) {
      found.push({ start: start * levelFrame, end: i * levelFrame });
      start = -1;
    }
  }
  return joinStretches(found, bridge).filter(({ start: from, end }) => end - from >= shortest);
}

/** How loud the moments are that stand out of the noise around them; the floor where they are too few to be speech. */
function loudOfFew(levels: Float32Array, noise: Float32Array): number {
  const out = levels.filter((level, i) => level > Math.max(quietest, (noise[i] as number) + aboveNoise));
  return out.length < leastFrames ? levelFloor : percentile(out, 0.95);
}

/** The level exceeded 85 % of the time within 10 s to either side, for each frame. */
function noiseFloor(levels: Float32Array): Float32Array {
  const out = new Float32Array(levels.length);
  const every = 50;
  let before = 0;
  for (let i = 0; i < levels.length; i += every) {
    const near = levels.subarray(Math.max(0, i - noiseReach), Math.min(levels.length, i + noiseReach));
    // Digital silence between phrases says nothing about the noise under them.
    const heard = near.filter((level) => level > levelFloor + 10);
    before = heard.length > 0 ? percentile(heard, 0.15) : levelFloor;
    // In a stretch of speech without a pause the low percentile is speech itself: never let it pass the global middle.
    out.fill(before, i, Math.min(levels.length, i + every));
  }
  const cap = percentile(levels, 0.4);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(out[i] as number, Math.max(cap, quietest - aboveNoise));
  return out;
}

function percentile(values: Float32Array, share: number): number {
  if (values.length === 0) return levelFloor;
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
