import { samplesPerMs } from "../audio/sample-rate.ts";
import { joinStretches, type Stretch } from "../audio/spans.ts";
import { binWidth, firstBin, lastBin, toneHop } from "./spectrum.ts";

/*
 * Music on hold. Its notes hold their pitch for a third of a second and longer, several at once, and there is hardly a
 * pause; the partials of a voice move all the time (Seyerlehner, Pohle, Schedl and Widmer 2007, "Automatic music
 * detection in television productions", use the same continuity). A hum that never ends is no note.
 */

/** Peaks lie at least this much above the spectrum around them, as a factor: 10 dB. */
const standsOut = 10;
/** Half of that surrounding, in bins: 190 Hz. */
const around = 12;
/** Peaks this much below the frame's strongest are not counted, as a factor: 35 dB. */
const faint = 10 ** -3.5;
/** Quieter frames are silent: -55 dB. */
const quietest = 10 ** -5.5;
/** Below this the partials of a voice hold still too: 400 Hz. */
const lowest = Math.ceil(400 / binWidth);
/** A note has lasted so many frames: 0.32 s. */
const mature = 10;
/** A partial may be missed for so many frames. */
const patience = 1;
/** What lasts longer than this is a hum: 12 s. */
const hum = (12_000 * samplesPerMs) / toneHop;

/** Frames that are looked at together: 4 s. */
const sight = Math.round((4_000 * samplesPerMs) / toneHop);
/**
 * Least shares of these frames in which a note sounds, in which two do, and in which anything is heard, and how many notes
 * begin. Over all 4 s of speech in the development material the highest are 0.45 and 0.12, mostly 0; slow chords with a
 * melody, through a telephone's coding and with drums, give 0.73 and 0.57 at the median. Music without a note as long as a
 * third of a second stays unfound.
 */
export const musicRule = { oneNote: 0.5, twoNotes: 0.25, heard: 0.8, newNotes: 3 } as const;
/** Music lasts at least so long: 6 s. */
const shortest = 6_000 * samplesPerMs;
/** Pauses up to this are bridged: 3 s. */
const bridge = 3_000 * samplesPerMs;

/** Listens to frame after frame for notes; flat in the length of the recording but for 2 bytes a frame. */
export interface NoteListener {
  hear(power: Float64Array): void;
  /** For each frame so far, how many notes sound in it, 255 for a silent frame; and how many began to be heard. */
  readonly sounding: Uint8Array;
  readonly begun: Uint8Array;
}

interface Partial {
  readonly bin: number;
  age: number;
  missed: number;
}

/** A listener with nothing heard yet, for so many frames at most. */
export function noteListener(frames: number): NoteListener {
  let partials: Partial[] = [];
  let heard = 0;
  const sounding = new Uint8Array(frames);
  const begun = new Uint8Array(frames);
  return {
    get sounding() {
      return sounding.subarray(0, heard);
    },
    get begun() {
      return begun.subarray(0, heard);
    },
    hear(power) {
      let [total, top] = [0, 0];
      for (let k = firstBin; k <= lastBin; k++) {
        total += power[k] as number;
        if ((power[k] as number) > top) top = power[k] as number;
      }
      const peaks = total < quietest ? [] : peaksOf(power, top);
      const taken = new Set<number>();
      for (const partial of partials) {
        const match = peaks.find((bin) => Math.abs(bin - partial.bin) <= 1 && !taken.has(bin));
        partial.age++;
        if (match === undefined) partial.missed++;
        else {
          partial.missed = 0;
          taken.add(match);
        }
      }
      partials = partials.filter(({ missed }) => missed <= patience);
      for (const bin of peaks) if (!taken.has(bin)) partials.push({ bin, age: 1, missed: 0 });
      const notes = partials.filter(({ age }) => age >= mature && age <= hum);
      sounding[heard] = total < quietest ? 255 : Math.min(254, notes.length);
      begun[heard] = Math.min(255, notes.filter(({ age }) => age === mature).length);
      heard++;
    },
  };
}

function peaksOf(power: Float64Array, top: number): number[] {
  const peaks: number[] = [];
  for (let k = lowest; k <= lastBin - 2; k++) {
    const here = power[k] as number;
    if (here < top * faint || here < (power[k - 1] as number) || here <= (power[k + 1] as number)) continue;
    let floor = 0;
    for (let j = k - around; j <= k + around; j++) if (Math.abs(j - k) > 2) floor += power[j] as number;
    if (here * (2 * around - 4) >= floor * standsOut) peaks.push(k);
  }
  return peaks;
}

/** How musical the 4 s from a frame on are. */
export interface MusicShares {
  readonly oneNote: number;
  readonly twoNotes: number;
  readonly heard: number;
  readonly newNotes: number;
}

/** The shares for each second of a recording. */
export function musicShares({ sounding, begun }: Pick<NoteListener, "sounding" | "begun">): MusicShares[] {
  const shares: MusicShares[] = [];
  for (let from = 0; from + sight <= sounding.length; from += Math.round(sight / 4)) {
    let [one, two, heard, fresh] = [0, 0, 0, 0];
    for (let i = from; i < from + sight; i++) {
      const notes = sounding[i] as number;
      if (notes === 255) continue;
      heard++;
      if (notes >= 1) one++;
      if (notes >= 2) two++;
      fresh += begun[i] as number;
    }
    shares.push({ oneNote: one / sight, twoNotes: two / sight, heard: heard / sight, newNotes: fresh });
  }
  return shares;
}

/** Stretches of music, with how musical they are, 0.5 to 0.95. */
export function musicOf(listener: Pick<NoteListener, "sounding" | "begun">): (Stretch & { readonly confidence: number })[] {
  const shares = musicShares(listener);
  const every = Math.round(sight / 4) * toneHop;
  const musical = shares.flatMap(({ oneNote, twoNotes, heard, newNotes }, i) =>
    oneNote >= musicRule.oneNote && twoNotes >= musicRule.twoNotes && heard >= musicRule.heard && newNotes >= musicRule.newNotes
      ? [{ start: i * every, end: i * every + sight * toneHop }]
      : [],
  );
  return joinStretches(musical, bridge)
    .filter(({ start, end }) => end - start >= shortest)
    .map((stretch) => {
      const within = shares.filter((_, i) => i * every >= stretch.start && i * every + sight * toneHop <= stretch.end);
      const mean = within.reduce((sum, { twoNotes }) => sum + twoNotes, 0) / Math.max(1, within.length);
      return { ...stretch, confidence: Math.min(0.95, 0.5 + mean / 2) };
    });
}
