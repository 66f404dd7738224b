import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import { binWidth, firstBin, lastBin, toneFrame, toneHop } from "./spectrum.ts";

/*
 * Tones of the telephone network and of recorders: one or two frequencies that hold their pitch and their level, as no
 * voice does. Ringing is told from the rest by its pitch and its cadence (ITU-T E.180: 340 to 520 Hz; one long burst or
 * two short ones, then a pause); dial tone, busy tone and the beep of a recorder are tones.
 */

/** What a frame sounds like when it is nothing but a tone. */
export interface ToneFrame {
  /** Mean frequency weighted by power, in Hz; 0 where it is no tone. */
  readonly pitch: number;
  /** In dB. */
  readonly level: number;
}

/** Quieter frames are not looked at, in dB. */
const quietest = -50;
/** The tones hold at least this share of the power. */
const leastShare = 0.95;
/** A tone's power lies within this many bins of its middle: 47 Hz, so that 440 and 480 Hz are heard as one. */
const reach = 3;
/** A burst lasts at least so long: 0.28 s, so that the bursts of 0.4 s of British ringing are heard. */
const shortest = 280 * samplesPerMs;
/** What is no ringing is believed from this on: 0.4 s. A voice holds a vowel for less as steadily. */
const toneShortest = 400 * samplesPerMs;
/** It keeps its pitch within this, in Hz, and its level within this, in dB. */
const pitchKept = 12;
const levelKept = 2.5;

/** Pitches of ringing, in Hz. */
const ringFrom = 340;
const ringTo = 520;
/** Two bursts that belong to one ring: up to 0.35 s apart. */
const doubleGap = 350 * samplesPerMs;
/** A ring sounds so long: 0.6 to 4 s. */
const ringShortest = 600 * samplesPerMs;
const ringLongest = 4_000 * samplesPerMs;
/** And is followed by the next after so long a pause: 1.5 to 6 s. */
const pauseShortest = 1_500 * samplesPerMs;
const pauseLongest = 6_000 * samplesPerMs;

/** A stretch that is nothing but a tone. */
export interface SteadyTone extends Stretch {
  readonly kind: "ring" | "tone";
  readonly confidence: number;
}

/** Whether a frame is a tone, from its power spectrum. */
export function toneOf(power: Float64Array): ToneFrame {
  let total = 0;
  for (let k = firstBin; k <= lastBin; k++) total += power[k] as number;
  const level = 10 * Math.log10(total + 1e-12);
  if (level < quietest) return { pitch: 0, level };
  const first = loudest(power, -1);
  const second = loudest(power, first);
  let [held, moment] = [0, 0];
  for (let k = firstBin; k <= lastBin; k++) {
    if (Math.abs(k - first) > reach && Math.abs(k - second) > reach) continue;
    held += power[k] as number;
    moment += k * (power[k] as number);
  }
  return { pitch: held >= leastShare * total ? (moment / held) * binWidth : 0, level };
}

function loudest(power: Float64Array, besides: number): number {
  let best = -1;
  for (let k = firstBin; k <= lastBin; k++) {
    if (besides >= 0 && Math.abs(k - besides) <= 2 * reach) continue;
    if (best < 0 || (power[k] as number) > (power[best] as number)) best = k;
  }
  return best;
}

/** Tones in the frames of a recording; `pitches` is 0 where a frame is none. */
export function steadyTones(pitches: Float32Array, toneLevels: Float32Array): SteadyTone[] {
  const bursts: { start: number; end: number; pitch: number }[] = [];
  for (let from = 0; from < pitches.length; ) {
    if (pitches[from] === 0) {
      from++;
      continue;
    }
    let [pitch, level, to] = [pitches[from] as number, toneLevels[from] as number, from + 1];
    while (
      to < pitches.length &&
      Math.abs((pitches[to] as number) - pitch) <= pitchKept &&
      Math.abs((toneLevels[to] as number) - level) <= levelKept
    ) {
      pitch += ((pitches[to] as number) - pitch) / (to - from + 1);
      level += ((toneLevels[to] as number) - level) / (to - from + 1);
      to++;
    }
    const start = from * toneHop;
    const end = (to - 1) * toneHop + toneFrame;
    const last = bursts.at(-1);
    // The rise and the fall of a burst have another level: they are no bursts of their own.
    if (end - start >= shortest) {
      if (last !== undefined && start - last.end <= 0 && Math.abs(last.pitch - pitch) <= 2 * pitchKept) last.end = end;
      else bursts.push({ start, end, pitch });
    }
    from = to;
  }
  return named(bursts);
}

/** Gives bursts their names: ringing by its cadence, everything else is a tone. */
function named(bursts: readonly (Stretch & { readonly pitch: number })[]): SteadyTone[] {
  const joined: { start: number; end: number; pitch: number; rings: boolean }[] = [];
  for (const { start, end, pitch } of bursts) {
    const rings = pitch >= ringFrom && pitch <= ringTo;
    const last = joined.at(-1);
    if (last?.rings === true && rings && start - last.end <= doubleGap) last.end = end;
    else joined.push({ start, end, pitch, rings });
  }
  const names = joined.map(({ start, end, pitch, rings }, i): SteadyTone => {
    const lasts = end - start;
    if (!rings || lasts < ringShortest || lasts > ringLongest) return { start, end, kind: "tone", confidence: 0.9 };
    const follows = [joined[i - 1], joined[i + 1]].some((other) => {
      if (other?.rings !== true || Math.abs(other.pitch - pitch) > 2 * pitchKept) return false;
      const pause = other.start > start ? other.start - end : start - other.end;
      return pause >= pauseShortest && pause <= pauseLongest;
    });
    return { start, end, kind: "ring", confidence: follows ? 0.95 : 0.6 };
  });
  return names.filter(({ kind, start, end }) => kind === "ring" || end - start >= toneShortest);
}
