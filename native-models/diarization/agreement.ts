import { samplesPerMs } from "../audio/sample-rate.ts";
import { joinStretches, type Stretch, sharedSamples } from "../audio/spans.ts";
import type { Reconstruction, VoiceStretch } from "./reconstruction.ts";

/*
 * Two models listen for speech in a mix: the segmentation, which knows voices, and the speech activity, which knows what
 * is no voice at all. A ring tone or music that the segmentation takes for somebody is dropped; speech that it missed
 * whole is given to the voice nearest in time, with no confidence. On the development set the two differ in less than
 * 1 s of any call, so ordinary speech passes unchanged.
 */

/** Speech activity within this reach of a stretch speaks for it: 0.3 s. */
const reach = 300 * samplesPerMs;
/** A stretch needs this share of its length, in activity. */
const leastShare = 0.1;
/** Speech that the segmentation missed is added from this length on: 0.4 s. */
const leastMissed = 400 * samplesPerMs;

/** The result with what is no speech taken out and missed speech put in. `speech` is in order, without overlap. */
export function agree({ regular, exclusive }: Reconstruction, speech: readonly Stretch[]): Reconstruction {
  const spoken = (one: VoiceStretch) => {
    const { start, end } = samplesOf(one);
    const heard = sharedSamples({ start: start - reach, end: end + reach }, speech);
    return heard >= leastShare * (end - start);
  };
  const kept = regular.filter(spoken);
  const known = joinStretches(kept.map(samplesOf));
  const missed = speech
    .filter((stretch) => stretch.end - stretch.start >= leastMissed && sharedSamples(stretch, known) === 0)
    .map(({ start, end }) => ({
      voice: nearestVoice(kept, start, end),
      startMs: Math.round(start / samplesPerMs),
      endMs: Math.round(end / samplesPerMs),
      confidence: 0,
    }));
  const inOrder = (stretches: VoiceStretch[]) => stretches.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return { regular: inOrder([...kept, ...missed]), exclusive: inOrder([...exclusive.filter(spoken), ...missed]) };
}

function samplesOf({ startMs, endMs }: VoiceStretch): Stretch {
  return { start: startMs * samplesPerMs, end: endMs * samplesPerMs };
}

function overlap(a: Stretch, b: Stretch): number {
  return Math.min(a.end, b.end) - Math.max(a.start, b.start);
}

function nearestVoice(stretches: readonly VoiceStretch[], start: number, end: number): number {
  let nearest = 0;
  let distance = Infinity;
  for (const one of stretches) {
    const away = -overlap(samplesOf(one), { start, end });
    if (away < distance) {
      distance = away;
      nearest = one.voice;
    }
  }
  return nearest;
}
