import { sampleRate } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { MakeTensor, Model, Sound } from "../session.ts";
import { type Listening, stopIfCancelled } from "../speech-error.ts";
import { cluster, cosine, meanDirection } from "./clustering.ts";
import { type VoicePrint, voicePrints } from "./embedding.ts";
import {
  frameStart,
  type SegmentedWindow,
  segment,
  segmentationFrame,
  segmentationWindow,
  windowFrames,
} from "./segmentation.ts";

/*
 * Whether a channel that ought to be one side of a call carries two people: a mix that was recorded on one channel, or
 * a colleague who takes over on the agent's line. The voices of windows across the whole recording are forced into two
 * groups; where one person speaks, the two halves of that voice stay alike, where two do they do not.
 */

/** How far apart two groups of prints lie. */
export interface TwoVoices {
  /** Cosine of the groups' mean directions. */
  readonly likeness: number;
  /** How much more alike prints of one group are than prints of different groups: difference of the mean cosines. */
  readonly gap: number;
  /** Seconds of clear speech of the voice that says less, its share, and the prints made of it. */
  readonly seconds: number;
  readonly share: number;
  readonly prints: number;
}

/** What evidence is enough. */
export interface EvidenceRule {
  readonly mostLikeness: number;
  readonly leastGap: number;
  readonly leastSeconds: number;
  readonly leastShare: number;
  readonly leastPrints: number;
}

/*
 * Chosen on the development material with its linear voice prints, windows side by side, two groups forced, on whole
 * recordings and overlapping cuts of 30 to 100 s; not tried on other recordings.
 *   one person    likeness 0.79 to 0.97 where the lesser group has 8 s or more; 0.74 and up where it has 5 s or less
 *   two people    likeness 0.23 to 0.79 with 8 s or more, but 0.87 on one cut, which stays one voice
 * The two ranges meet at 0.79. With windows that overlap by half, one cut of a single caller fell to 0.77 with 29 s and
 * would have been split: the margin is thin. A rule for another embedding model has to be measured again.
 */

/** The only channel with sound: a mix is as likely as one side, so good evidence is enough. */
export const onlyChannelRule: EvidenceRule = {
  mostLikeness: 0.78,
  leastGap: 0.06,
  leastSeconds: 8,
  leastShare: 0.12,
  leastPrints: 2,
};

/** A channel beside another one: it is nearly always one person, so the evidence has to be strong. */
export const besideRule: EvidenceRule = {
  mostLikeness: 0.66,
  leastGap: 0.2,
  leastSeconds: 8,
  leastShare: 0.06,
  leastPrints: 3,
};

/** Most windows that are listened to: enough for one each minute of an hour, and as much work for four hours. */
const mostWindows = 60;
/** Prints of less clear speech than this say little: 1 s. */
const leastPrint = 1;

/** Whether there is enough evidence of two people. */
export function isTwoVoices(found: TwoVoices | null, rule: EvidenceRule): boolean {
  return (
    found !== null &&
    found.likeness <= rule.mostLikeness &&
    found.gap >= rule.leastGap &&
    found.seconds >= rule.leastSeconds &&
    found.share >= rule.leastShare &&
    found.prints >= rule.leastPrints
  );
}

/**
 * Listens to windows across a channel for two people. Null where too little is said to tell.
 *
 * @param own where this channel's voice is heard, in order.
 * @param others where other channels are heard: what sounds there may be cross-talk and is left out.
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function listenForTwo(
  sound: Sound,
  own: readonly Stretch[],
  others: readonly Stretch[],
  { segmentation, embedding }: { readonly segmentation: Model; readonly embedding: Model },
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<TwoVoices | null> {
  stopIfCancelled(attention.signal);
  const spoken = own.reduce((sum, { start, end }) => sum + end - start, 0);
  if (spoken < onlyChannelRule.leastSeconds * sampleRate) return null;
  const frames = Math.ceil((sound.durationMs * sampleRate) / 1_000 / segmentationFrame);
  const layout = { stepFrames: Math.max(windowFrames, Math.ceil(frames / mostWindows)), batch: 2 };
  const half = (from: number) => ({
    signal: attention.signal,
    onProgress: (share: number) => attention.onProgress(from + share / 2),
  });
  const heard = await segment(sound, segmentation, makeTensor, half(0), layout);
  const clear = heard.map((window) => onlyWithin(window, own, others));
  const prints = await voicePrints(sound, clear, embedding, makeTensor, half(0.5));
  return partTwo(prints);
}

/** The prints forced into two groups. Null where there are not two prints for each. */
export function partTwo(prints: readonly VoicePrint[]): TwoVoices | null {
  const told = prints.filter(({ seconds }) => seconds >= leastPrint);
  if (told.length < 4) return null;
  const { count, groups } = cluster(told, 2);
  if (count < 2) return null;
  const sides = [0, 1].map((group) => told.filter((_, i) => groups[i] === group));
  const [a, b] = sides;
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return null;
  const seconds = sides.map((side) => side.reduce((sum, print) => sum + print.seconds, 0)) as [number, number];
  const lesser = seconds[0] < seconds[1] ? 0 : 1;
  return {
    likeness: cosine(meanDirection(a), meanDirection(b)),
    gap: gapBetween(a, b),
    seconds: seconds[lesser],
    share: seconds[lesser] / (seconds[0] + seconds[1]),
    prints: (lesser === 0 ? a : b).length,
  };
}

/**
 * How much more alike prints of one group are than prints of different groups: difference of the mean cosines of all pairs. The
 * sum over pairs is the product of sums, so that the hours of a recording cost what their prints are, and not their pairs.
 */
export function gapBetween(a: readonly VoicePrint[], b: readonly VoicePrint[]): number {
  const size = a[0]?.embedding.length ?? 0;
  const [sumA, sumB] = [new Float64Array(size), new Float64Array(size)];
  // Every print counts with itself in the square of a sum, and every pair twice.
  let withThemselves = 0;
  for (const [prints, sum] of [[a, sumA] as const, [b, sumB] as const]) {
    for (const { embedding } of prints) {
      for (let k = 0; k < size; k++) {
        const value = embedding[k] as number;
        sum[k] = (sum[k] as number) + value;
        withThemselves += value * value;
      }
    }
  }
  let [squares, across] = [0, 0];
  for (let k = 0; k < size; k++) {
    const [x, y] = [sumA[k] as number, sumB[k] as number];
    squares += x * x + y * y;
    across += x * y;
  }
  const pairs = (n: number) => (n * (n - 1)) / 2;
  const within = (squares - withThemselves) / 2;
  return within / Math.max(1, pairs(a.length) + pairs(b.length)) - across / Math.max(1, a.length * b.length);
}

/** The window with nobody speaking outside `own`, nor where any of the `others` is heard. Both are in order. */
export function onlyWithin(
  { firstFrame, masks }: SegmentedWindow,
  own: readonly Stretch[],
  others: readonly Stretch[],
): SegmentedWindow {
  const from = frameStart(firstFrame);
  const near = (stretches: readonly Stretch[]) =>
    stretches.filter(({ start, end }) => end > from && start < from + segmentationWindow + segmentationFrame);
  const [nearOwn, nearOthers] = [near(own), near(others)];
  const inside = (stretches: readonly Stretch[], at: number) => stretches.some(({ start, end }) => at >= start && at < end);
  return {
    firstFrame,
    masks: masks.map((mask, i) => {
      if (mask === 0) return 0;
      const at = frameStart(firstFrame + i) + segmentationFrame / 2;
      return inside(nearOwn, at) && !inside(nearOthers, at) ? mask : 0;
    }),
  };
}
