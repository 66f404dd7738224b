import type { WhisperConfiguration } from "./configuration.ts";
import type { Decoded } from "./decoding.ts";

/*
 * Whether a limited model understands a recording. A model that has learned a few hundred words of a few voices says
 * something about any voice; what gives it away is how unsure it is of every word.
 *
 * Measured with the demo voice that comes with Earmark, each window heard once, on the recordings of the development set
 * (mean natural log-probability of the text tokens of each window, weighted by the sound in it; then the share of the
 * sound in windows above -0.35):
 *
 *   the three synthetic calls, stereo and mixed            -0.10 to -0.02      0.86 to 1.00
 *   two contact-centre calls, stereo and mono              -1.10 to -1.01      0.00 to 0.01
 *   one side of a call, 30 s of telephone                  -1.05 and -0.96     0.00
 *   read speech, three speakers, meetings                  -1.95 to -0.84      0.00
 *   two sentences of 5 s, a speaker on each channel        -0.76               0.00
 *   two Hungarian calls                                    -0.99 and -0.93     0.00
 *
 * The thresholds are those chosen for an earlier voice, which lay nearer to them on both sides (-0.18 and -0.57).
 * Compression ratio, length and the no-speech token tell nothing: its nonsense is well-formed.
 */

/** What one window says about whether the model understands the recording. */
export interface Evidence {
  /** Samples of sound. */
  readonly samples: number;
  /** Mean natural log-probability of the text tokens; `nothingHeard` where there are none. */
  readonly text: number;
}

/** A window above this is heard clearly and need not be heard again. */
export const clearText = -0.25;
/** A window above this is understood. */
const understoodText = -0.35;
/** The share of the sound that has to be understood, of the whole recording. */
const understoodShare = 0.5;
/** The same for the beginning alone, where a window or two may go wrong by chance: below it, it is no use going on. */
const hopefulShare = 0.25;
/** The evidence of a window in which speech was expected and no word was heard. */
const nothingHeard = -5;

/** The evidence of a decoded window. */
export function evidenceOf(decoded: Decoded, { tokens }: WhisperConfiguration, samples: number): Evidence {
  const text = decoded.said.filter(({ id }) => id < tokens.endOfText);
  const sum = text.reduce((total, { probability }) => total + Math.log(Math.max(1e-9, probability)), 0);
  return { samples, text: text.length === 0 ? nothingHeard : sum / text.length };
}

/** Whether a limited model understands what it hears. `beginning` judges the first windows and is lenient. */
export function understands(evidence: readonly Evidence[], extent: "beginning" | "whole"): boolean {
  const all = evidence.reduce((sum, { samples }) => sum + samples, 0);
  const understood = evidence.reduce((sum, { samples, text }) => sum + (text > understoodText ? samples : 0), 0);
  return all === 0 || understood / all >= (extent === "beginning" ? hopefulShare : understoodShare);
}
