import { alignmentCosts } from "../alignment/token-times.ts";
import { rowStarts } from "../alignment/warping.ts";
import { wordsOf } from "../alignment/words.ts";
import type { WhisperConfiguration } from "../whisper/configuration.ts";
import type { Decoded } from "../whisper/decoding.ts";
import type { TokenReader } from "../whisper/tokens.ts";

/*
 * Word times beside those of transformers.js (4.3.1, `return_timestamps: "word"`, `_extract_token_timestamps`), for the
 * same tokens of the same window. The two differ in three points, which are taken away one after the other, until what
 * is left is nothing:
 *
 * 1. the row: openai/whisper times a token by the attention of the step that *predicts* it; transformers.js drops as
 *    many rows as the prompt has tokens, and so times it by the step after, into which the token itself is put;
 * 2. the prompt: it standardises the attention over the prompt's rows too, Earmark over those of the text;
 * 3. the silence: it follows the attention over all 1,500 positions of the 30 s, openai/whisper and Earmark over those
 *    that the sound fills.
 */

/** What was taken away before the times were compared, in this order. */
export const wordTimeSteps = [
  "as they are",
  "with the attention row after, as transformers.js reads it",
  "and with the prompt's rows in the standardisation",
  "and over all of the 30 s, silence included",
] as const;

/** Absolute differences of words' edges, in ms, for each of `wordTimeSteps`. */
export interface WordTimeDifferences {
  readonly words: number;
  readonly starts: readonly (readonly number[])[];
  readonly ends: readonly (readonly number[])[];
}

/** No words compared. */
export const noWordTimes: WordTimeDifferences = {
  words: 0,
  starts: wordTimeSteps.map(() => []),
  ends: wordTimeSteps.map(() => []),
};

/** Two sets of differences together. */
export function joinWordTimes(a: WordTimeDifferences, b: WordTimeDifferences): WordTimeDifferences {
  const join = (side: "starts" | "ends") => wordTimeSteps.map((_, i) => [...(a[side][i] ?? []), ...(b[side][i] ?? [])]);
  return { words: a.words + b.words, starts: join("starts"), ends: join("ends") };
}

/** A window whose tokens both said alike. */
export interface AlikeWindow {
  readonly decoded: Decoded;
  /** Attention over the prompt's tokens but the last: [heads, positions] each. */
  readonly promptRows: readonly Float32Array[];
  /** Seconds at which transformers.js lets each token begin, and at the end the last one's end. */
  readonly peerTimes: readonly number[];
  /** Samples of sound in the window. */
  readonly samples: number;
}

/** Compares the words of one window. */
export function compareWordTimes(
  { decoded, promptRows, peerTimes, samples }: AlikeWindow,
  configuration: WhisperConfiguration,
  reader: TokenReader,
): WordTimeDifferences {
  const { tokens, alignmentHeads, encoderPositions, medianFilterWidth, secondsPerPosition, features } = configuration;
  const words = tokenWords(decoded, tokens.endOfText, reader);
  if (words.length === 0) return noWordTimes;
  const own = wordsOf(decoded, configuration, reader, "en", samples);
  const filled = Math.max(1, Math.min(encoderPositions, Math.ceil(samples / (secondsPerPosition * features.rate))));
  const rows = decoded.said.map(({ attention }) => attention);
  // A decoding that was stopped has no step after its last token.
  const after = [...rows.slice(1), ...(decoded.unfinished ? [] : [decoded.lastAttention])];
  const first = rows[0];
  const before = first === undefined ? [] : [...promptRows, first];
  const timesOf = (from: readonly Float32Array[], positions: number): number[] => {
    const shape = { heads: alignmentHeads.length, encoderPositions, positions, medianFilterWidth };
    const costs = alignmentCosts([...from, ...after], shape);
    return [...rowStarts(costs.subarray(from.length * positions), after.length, positions)].map((at) => at * secondsPerPosition);
  };
  const accounted = [
    own.map(({ start, end }) => ({ start: start / features.rate, end: end / features.rate })),
    ...[timesOf([], filled), timesOf(before, filled), timesOf(before, encoderPositions)].map((times) =>
      words.map(({ from, to }) => ({ start: times[from] ?? times.at(-1) ?? 0, end: times[to] ?? times.at(-1) ?? 0 })),
    ),
  ];
  const theirs = words.map(({ from, to }) => ({
    start: peerTimes[from] ?? Number.NaN,
    end: peerTimes[to] ?? peerTimes.at(-1) ?? Number.NaN,
  }));
  const differences = (side: "start" | "end") =>
    accounted.map((times) => theirs.map((their, i) => Math.abs((times[i]?.[side] ?? Number.NaN) - their[side]) * 1_000));
  return { words: words.length, starts: differences("start"), ends: differences("end") };
}

/** The words of a decoding as stretches of its tokens: timestamps part the text into phrases. */
function tokenWords(decoded: Decoded, endOfText: number, reader: TokenReader): { from: number; to: number }[] {
  const ids = decoded.said.map(({ id }) => id);
  const words: { from: number; to: number }[] = [];
  let from = 0;
  for (let i = 0; i <= ids.length; i++) {
    const id = ids[i];
    if (id !== undefined && id < endOfText) continue;
    for (const word of reader.words(ids.slice(from, i), "en")) words.push({ from: from + word.from, to: from + word.to });
    from = i + 1;
  }
  return words;
}
