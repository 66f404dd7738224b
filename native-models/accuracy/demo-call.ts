import { readFileSync } from "node:fs";
import type { Transcript } from "../../app/conversation/conversation.ts";
import { normalisedWords } from "./english-normaliser.ts";
import { type Spread, spreadOf } from "./percentiles.ts";
import { comparableWords, concatenatedWordErrors, wordErrorRate, wordErrors } from "./word-error.ts";

/** A synthetic call and all that is true of it; times in seconds. */
export interface DemoCall {
  readonly duration: number;
  readonly events: readonly { readonly type: string; readonly start?: number; readonly end?: number }[];
  readonly turns: readonly {
    readonly channel: number;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly words: readonly { readonly w: string; readonly s: number; readonly e: number }[];
  }[];
}

/** Reads what is true of a synthetic call. */
export function demoCall(path: string): DemoCall {
  return JSON.parse(readFileSync(path, "utf8")) as DemoCall;
}

/** How well a call was heard. */
export interface CallScore {
  /** Substitutions, insertions and deletions over both sides. */
  readonly errors: number;
  readonly words: number;
  /** The same with both sides put through Whisper's normaliser for English: cpWER, as it is commonly told. */
  readonly normalised: { readonly errors: number; readonly words: number };
  /** Share of the words heard right that are given to the side that said them, with the sides matched as fits best. */
  readonly rightSide: number;
  readonly startErrorMs: Spread;
  readonly endErrorMs: Spread;
  /** Absolute errors of the words' beginnings, in ms. */
  readonly startErrorsMs: readonly number[];
  readonly confidence: Calibration;
}

/** Whether the confidence of words tells right ones from wrong ones. */
export interface Calibration {
  /** Confidences of the words that were said. */
  readonly right: readonly number[];
  /** Confidences of the words that were not. */
  readonly wrong: readonly number[];
}

/**
 * Compares a transcript with the truth. Word error is counted over each side's words in its own order, sides matched so
 * that the error is least (so a word on the wrong side is an error twice); sides and times over words found in the
 * whole call in order of time.
 */
export function scoreCall(call: DemoCall, transcript: Transcript): CallScore {
  const truth = call.turns
    .flatMap(({ channel, words }) =>
      words.flatMap(({ w, s, e }) => comparableWords(w).map((text) => ({ text, side: channel, start: s, end: e }))),
    )
    .sort((a, b) => a.start - b.start);
  const heard = transcript.turns
    .flatMap(({ participantId, words }) =>
      words.flatMap((word) =>
        comparableWords(word.text).map((text) => ({
          text,
          side: participantId,
          start: word.startMs / 1_000,
          end: word.endMs / 1_000,
          confidence: word.confidence,
        })),
      ),
    )
    .sort((a, b) => a.start - b.start);
  const sides = [...new Set(transcript.participants.map(({ id }) => id))];
  const matchings =
    sides.length < 2 ? [[sides[0] ?? "", ""]] : sides.flatMap((a) => sides.filter((b) => b !== a).map((b) => [a, b]));
  const all = matchings.map((matching) => {
    let errors = 0;
    const pairs: { start: number; end: number }[] = [];
    for (const channel of [0, 1]) {
      const said = truth.filter(({ side }) => side === channel);
      const found = heard.filter(({ side }) => side === matching[channel]);
      const result = wordErrors(
        said.map(({ text }) => text),
        found.map(({ text }) => text),
      );
      errors += Math.round(wordErrorRate(result) * Math.max(1, result.reference));
      for (const [i, j] of result.matches) {
        pairs.push({
          start: Math.abs((found[j]?.start ?? 0) - (said[i]?.start ?? 0)),
          end: Math.abs((found[j]?.end ?? 0) - (said[i]?.end ?? 0)),
        });
      }
    }
    return { matching, errors, pairs };
  });
  const best = all.reduce((least, one) => (one.errors < least.errors ? one : least));
  const inOrder = wordErrors(
    truth.map(({ text }) => text),
    heard.map(({ text }) => text),
  );
  const right = inOrder.matches.filter(([i, j]) => best.matching[truth[i]?.side ?? 0] === heard[j]?.side).length;
  return {
    errors: best.errors,
    words: truth.length,
    rightSide: right / Math.max(1, inOrder.matches.length),
    startErrorMs: spreadOf(best.pairs.map(({ start }) => start * 1_000)),
    endErrorMs: spreadOf(best.pairs.map(({ end }) => end * 1_000)),
    normalised: normalisedErrors(call, transcript),
    startErrorsMs: best.pairs.map(({ start }) => start * 1_000),
    confidence: calibration(
      heard.map(({ confidence }) => confidence),
      new Set(inOrder.matches.map(([, j]) => j)),
    ),
  };
}

function calibration(confidences: readonly (number | null)[], right: ReadonlySet<number>): Calibration {
  const known = confidences.flatMap((confidence, i) => (confidence === null ? [] : [{ confidence, right: right.has(i) }]));
  return {
    right: known.flatMap((word) => (word.right ? [word.confidence] : [])),
    wrong: known.flatMap((word) => (word.right ? [] : [word.confidence])),
  };
}

/** Errors over each side's words in one line, normalised, with the sides matched as fits best. */
function normalisedErrors(call: DemoCall, transcript: Transcript): { errors: number; words: number } {
  const lines = (parts: readonly { side: string; at: number; text: string }[]) => {
    const sides = Map.groupBy(
      parts.toSorted((a, b) => a.at - b.at),
      ({ side }) => side,
    );
    return [...sides.values()].map((own) => normalisedWords(own.map(({ text }) => text).join(" ")));
  };
  const said = call.turns.map(({ channel, start, text }) => ({ side: String(channel), at: start, text }));
  const heard = transcript.turns.map(({ participantId, startMs, text }) => ({ side: participantId, at: startMs, text }));
  return concatenatedWordErrors(lines(said), lines(heard));
}
