import { levelFrame, levelOf } from "../audio/levels.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { Sound } from "../session.ts";

/** How speech is laid into windows. */
export interface WindowRule {
  /** Most samples of a window. */
  readonly longest: number;
  /** A pause longer than this always ends a piece of sound. */
  readonly pause: number;
  /** Whether one window may hold several pieces, with a short silence in place of the long one. */
  readonly packs: boolean;
  /** Added on both sides of a piece. */
  readonly pad: number;
  /** What is taken off both sides of a window, one after the other, when it has to be heard again. */
  readonly trims: readonly number[];
}

/** For a Whisper of the hub: windows as full as they can be, so that the cost follows the speech and not the turns. */
export const fullWindows: WindowRule = {
  longest: 28_000 * samplesPerMs,
  pause: 1_000 * samplesPerMs,
  packs: true,
  pad: 200 * samplesPerMs,
  trims: [],
};

/**
 * For a limited model, which has learned single sentences: measured on the synthetic calls, windows of one or two
 * sentences halve its errors against full ones.
 */
export const shortWindows: WindowRule = {
  longest: 12_000 * samplesPerMs,
  pause: 450 * samplesPerMs,
  packs: false,
  pad: 400 * samplesPerMs,
  trims: [100, 200, 300].map((ms) => ms * samplesPerMs),
};

/** The silence that stands for a long pause between two pieces of a window. */
const joint = 400 * samplesPerMs;

/** One window: pieces of the recording one after another. */
export interface SpeechWindow {
  readonly pieces: readonly Stretch[];
}

/**
 * Lays stretches of speech into windows, cut at pauses. A stretch longer than a window is cut where it is quietest.
 *
 * @param length of the recording in samples.
 */
export async function planWindows(
  sound: Sound,
  channel: number,
  speech: readonly Stretch[],
  length: number,
  rule: WindowRule,
): Promise<SpeechWindow[]> {
  const pieces: { start: number; end: number }[] = [];
  for (const stretch of speech) {
    const last = pieces.at(-1);
    const fits = last !== undefined && stretch.end - last.start <= rule.longest - 2 * rule.pad;
    if (fits && stretch.start - last.end <= rule.pause) last.end = Math.max(last.end, stretch.end);
    else for (const short of await cutLong(sound, channel, stretch, rule.longest - 2 * rule.pad)) pieces.push({ ...short });
  }
  const padded = pieces.map(({ start, end }, i) => ({
    start: Math.max(0, start - rule.pad, (((pieces[i - 1]?.end ?? 0) + start) / 2) | 0),
    end: Math.min(length, end + rule.pad, Math.ceil((end + (pieces[i + 1]?.start ?? length)) / 2)),
  }));
  const windows: { pieces: Stretch[]; samples: number }[] = [];
  for (const piece of padded) {
    const samples = piece.end - piece.start;
    const last = windows.at(-1);
    if (rule.packs && last !== undefined && last.samples + joint + samples <= rule.longest) {
      last.pieces.push(piece);
      last.samples += joint + samples;
    } else {
      windows.push({ pieces: [piece], samples });
    }
  }
  return windows.map(({ pieces: own }) => ({ pieces: own }));
}

/** The samples of a window, with a short silence at each joint. */
export async function readWindow(sound: Sound, channel: number, window: SpeechWindow): Promise<Float32Array> {
  const samples = new Float32Array(windowSamples(window));
  let at = 0;
  for (const { start, end } of window.pieces) {
    const piece = await sound.read(channel, start, end - start);
    samples.set(piece.subarray(0, Math.min(piece.length, samples.length - at)), at);
    at += end - start + joint;
  }
  return samples;
}

/** Samples of a window, joints included. */
export function windowSamples({ pieces }: SpeechWindow): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0) + joint * Math.max(0, pieces.length - 1);
}

/**
 * The sample of the recording that a sample of the window is. In a joint it is the nearer piece's edge.
 *
 * @param side which piece a joint's middle belongs to.
 */
export function recordingSample({ pieces }: SpeechWindow, at: number, side: "start" | "end"): number {
  let from = 0;
  for (const [i, { start, end }] of pieces.entries()) {
    const to = from + end - start;
    if (at <= to || i === pieces.length - 1) return Math.max(start, Math.min(end, start + at - from));
    if (at < to + joint) {
      const next = pieces[i + 1] as Stretch;
      return side === "start" ? next.start : end;
    }
    from = to + joint;
  }
  return at;
}

/** The rest of a window from one of its samples on; null when less than `least` samples are left. */
export function restOfWindow(window: SpeechWindow, at: number, least: number): SpeechWindow | null {
  const from = recordingSample(window, at, "start");
  const pieces = window.pieces.filter(({ end }) => end > from).map(({ start, end }) => ({ start: Math.max(start, from), end }));
  return pieces.length > 0 && windowSamples({ pieces }) >= least ? { pieces } : null;
}

/** A window with so many samples less on both sides of each piece; pieces that would be too short stay as they are. */
export function trimmed({ pieces }: SpeechWindow, trim: number): SpeechWindow {
  return {
    pieces: pieces.map(({ start, end }) => (end - start > 4 * trim ? { start: start + trim, end: end - trim } : { start, end })),
  };
}

async function cutLong(sound: Sound, channel: number, stretch: Stretch, longest: number): Promise<Stretch[]> {
  const parts: Stretch[] = [];
  let { start } = stretch;
  while (stretch.end - start > longest) {
    // Near the end of what fits, but not so near the end of the stretch that a scrap is left.
    const from = start + Math.floor(longest * 0.5);
    const to = Math.min(start + longest, stretch.end - Math.floor(longest * 0.1));
    const samples = await sound.read(channel, from, to - from);
    let quietest = Infinity;
    let cut = to;
    for (let at = 0; at + 5 * levelFrame <= samples.length; at += levelFrame) {
      const level = levelOf(samples.subarray(at, at + 5 * levelFrame));
      if (level < quietest) {
        quietest = level;
        cut = from + at + Math.floor(2.5 * levelFrame);
      }
    }
    parts.push({ start, end: cut });
    start = cut;
  }
  parts.push({ start, end: stretch.end });
  return parts;
}
