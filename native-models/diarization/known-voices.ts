import { samplesPerMs } from "../audio/sample-rate.ts";
import type { MakeTensor, Model, Sound } from "../session.ts";
import type { Listening } from "../speech-error.ts";
import { cluster, cosine, meanDirection, type VoiceRange } from "./clustering.ts";
import { type VoicePrint, voicePrints } from "./embedding.ts";
import { segment, segmentationFrame, windowFrames } from "./segmentation.ts";

/*
 * Whether limited models know the voices of a recording. An embedding that has learned a few synthetic voices gives a print of any
 * voice; what gives it away is that the prints of a voice it knows lie together, and those of two such voices lie apart.
 *
 * Measured with the models that come with Earmark, recordings mixed into one channel (share of the speech in prints within
 * `nearPrint` of their group's mean; cosine of the means of the two groups):
 *
 *   two samples and three synthetic calls                         0.99 to 1.00      -0.26 to 0.07
 *   sixteen calls of held-out sentences, clean and telephone      0.94 to 1.00      -0.29 to 0.21
 *   two contact-centre calls and one side of one                  0.02 to 0.47       0.55 to 0.93
 *   two Hungarian calls                                           0.07 and 0.23     -0.08 and 0.26
 *   30 s of telephone                                             0.74               0.83
 *   three speakers, twice                                         0.83 and 0.86     -0.27 and -0.25
 *   six meetings of 30 s                                          0.00 to 0.64       0.18 to 0.81
 *
 * With fewer prints than `fewestPrints` (two sentences of 5 s, a sentence read) the figures mean nothing.
 */

/** A print this close (cosine) to the mean of its group is of a voice that the model knows. */
const nearPrint = 0.9;
/** The share of the speech that has to be in such prints. */
const knownShare = 0.9;
/** The means of two voices that the model knows are not as alike as this (cosine). */
const mostAlike = 0.5;
/** Of fewer prints nothing can be said. */
const fewestPrints = 4;

/** Whether limited models know the voices that they have told apart. Where nobody is heard there is nothing to know. */
export function knowsVoices(prints: readonly VoicePrint[], groups: Int32Array): boolean {
  if (prints.length === 0) return true;
  if (prints.length < fewestPrints) return false;
  const voices = [...new Set(groups)].map((group) => prints.filter((_, i) => groups[i] === group));
  const means = voices.map(meanDirection);
  if (means.some((a, i) => means.some((b, j) => j < i && cosine(a, b) > mostAlike))) return false;
  let [near, all] = [0, 0];
  for (const [i, own] of voices.entries()) {
    for (const { embedding, seconds } of own) {
      all += seconds;
      if (cosine(embedding, means[i] as Float32Array) >= nearPrint) near += seconds;
    }
  }
  return near / all >= knownShare;
}

/** Windows that are listened to before all of a long recording is: 3 min of it. */
const fewWindows = 18;

/**
 * Whether limited models know the voices of a few windows across a mix: where they do not, it is no use to go on.
 *
 * @param wanted how many voices there are, as `cluster` takes it.
 * @throws SpeechError `cancelled`, `model-unsuitable`, `engine-failed`
 */
export async function knowsSome(
  sound: Sound,
  { segmentation, embedding }: { readonly segmentation: Model; readonly embedding: Model },
  wanted: number | VoiceRange | null,
  makeTensor: MakeTensor,
  attention: Listening,
): Promise<boolean> {
  const half = (from: number) => ({
    signal: attention.signal,
    onProgress: (share: number) => attention.onProgress(from + share / 2),
  });
  const frames = Math.ceil((sound.durationMs * samplesPerMs) / segmentationFrame);
  const layout = { stepFrames: Math.max(windowFrames, Math.ceil(frames / fewWindows)), batch: 2 };
  const windows = await segment(sound, segmentation, makeTensor, half(0), layout);
  const prints = await voicePrints(sound, windows, embedding, makeTensor, half(0.5));
  return knowsVoices(prints, cluster(prints, wanted).groups);
}
