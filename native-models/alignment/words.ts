import { samplesPerMs } from "../audio/sample-rate.ts";
import type { Stretch } from "../audio/spans.ts";
import type { WhisperConfiguration } from "../whisper/configuration.ts";
import type { Decoded, SaidToken } from "../whisper/decoding.ts";
import type { TokenReader } from "../whisper/tokens.ts";
import { tokenStarts } from "./token-times.ts";

/** A word with its place in the sound it was heard in, in samples from the beginning of that sound. */
export interface HeardWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Mean probability of its tokens. */
  readonly confidence: number;
  readonly doubt?: "repetition" | "improbable" | "no-speech";
}

/** A word this improbable is to be read with doubt: openai/whisper's limit for an anomalous word. */
const improbable = 0.15;
/** A run of words said over and over: this many times in a row. */
const repeats = 3;
/** Longest run that is looked for, in words. */
const longestRun = 8;

/** The words of a decoded window with their times. */
export function wordsOf(
  decoded: Decoded,
  configuration: WhisperConfiguration,
  reader: TokenReader,
  language: string | null,
  samples: number,
): HeardWord[] {
  const { tokens, alignmentHeads, encoderPositions, secondsPerPosition, medianFilterWidth, features } = configuration;
  const samplesPerPosition = secondsPerPosition * features.rate;
  const positions = Math.max(1, Math.min(encoderPositions, Math.ceil(samples / samplesPerPosition)));
  const starts = tokenStarts([...decoded.said.map(({ attention }) => attention), decoded.lastAttention], {
    heads: alignmentHeads.length,
    encoderPositions,
    positions,
    medianFilterWidth,
  });
  // Timestamps part the text into phrases; words are looked for in one phrase at a time.
  const words: HeardWord[] = [];
  let from = 0;
  const flush = (to: number) => {
    const phrase = decoded.said.slice(from, to);
    for (const word of reader.words(
      phrase.map(({ id }) => id),
      language,
    )) {
      const own = phrase.slice(word.from, word.to);
      const start = (starts[from + word.from] as number) * samplesPerPosition;
      const end = (starts[from + word.to] as number) * samplesPerPosition;
      const confidence = meanProbability(own);
      const text = word.text.trim();
      words.push({
        text,
        start: Math.min(start, samples),
        end: Math.min(Math.max(end, start + samplesPerPosition), samples),
        confidence,
        ...(confidence < improbable ? { doubt: "improbable" as const } : {}),
      });
    }
  };
  for (let i = 0; i <= decoded.said.length; i++) {
    const id = decoded.said[i]?.id;
    if (id !== undefined && id < tokens.endOfText) continue;
    if (i > from) flush(i);
    from = i + 1;
  }
  return markRepetition(words);
}

function meanProbability(tokens: readonly SaidToken[]): number {
  if (tokens.length === 0) return 0;
  return Math.min(1, tokens.reduce((sum, { probability }) => sum + probability, 0) / tokens.length);
}

/** Marks words of a run that is said several times over: the mark of a decoder in a loop. Nothing is taken away. */
export function markRepetition(words: readonly HeardWord[]): HeardWord[] {
  const plain = words.map(({ text }) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  const marked = new Set<number>();
  for (let length = 1; length <= longestRun; length++) {
    // A single word said three times is emphasis, a digit or a stammer; a loop goes on.
    const least = length === 1 ? repeats + 2 : repeats;
    for (let i = 0; i + least * length <= plain.length; i++) {
      let times = 1;
      while (same(plain, i, i + times * length, length)) times++;
      if (times < least) continue;
      for (let k = i + length; k < i + times * length; k++) marked.add(k);
    }
  }
  return words.map((word, i) => (marked.has(i) ? { ...word, doubt: "repetition" } : word));
}

function same(words: readonly string[], a: number, b: number, length: number): boolean {
  if (b + length > words.length) return false;
  for (let i = 0; i < length; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}

/** Longest reach of a word's edge into silence that is put right: beyond it the times cannot be trusted anyway. */
const reach = 2_000 * samplesPerMs;
/** A word is at least this long. */
const shortestWord = 40 * samplesPerMs;

/**
 * Brings words' edges back to where somebody speaks: cross attention lets a word begin in the pause before it or last
 * through the pause after it. A word in which nobody is heard to speak keeps its times and is marked.
 *
 * @param words in samples of the recording, in order.
 * @param speech in order, without overlap.
 */
export function refine(words: readonly HeardWord[], speech: readonly Stretch[]): HeardWord[] {
  return words.map((word) => {
    let { start, end } = word;
    const touching = speech.filter((stretch) => stretch.end > start && stretch.start < end);
    const [first] = touching;
    const last = touching.at(-1);
    if (first === undefined || last === undefined) return word.doubt === undefined ? { ...word, doubt: "no-speech" } : word;
    // The stretch with most of the word is where it was spoken; a sliver at the edge of another is the path's slack.
    const most = touching.reduce((best, stretch) => (shared(stretch, word) > shared(best, word) ? stretch : best), first);
    if (touching.length > 1) {
      start = shared(first, word) < shortestWord ? Math.max(start, most.start) : start;
      end = shared(last, word) < shortestWord ? Math.min(end, most.end) : end;
    }
    if (first.start > start && first.start - start < reach) start = first.start;
    if (last.end < end && end - last.end < reach) end = last.end;
    if (end - start < shortestWord) end = start + shortestWord;
    return { ...word, start, end };
  });
}

function shared(stretch: Stretch, word: Stretch): number {
  return Math.min(stretch.end, word.end) - Math.max(stretch.start, word.start);
}
