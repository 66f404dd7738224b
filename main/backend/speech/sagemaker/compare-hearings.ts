import type { Transcript, Word } from "../../../../app/conversation/conversation.ts";

/* Two transcripts of one recording, word by word. */

/** A word of a transcript and whose it is. */
export interface ComparedWord {
  readonly participantId: string;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number | null;
}

/** One place where two transcripts differ: what the one has and what the other. */
export type WordDifference =
  | { readonly kind: "only-first"; readonly first: ComparedWord }
  | { readonly kind: "only-second"; readonly second: ComparedWord }
  | { readonly kind: "other-word" | "other-voice" | "other-time"; readonly first: ComparedWord; readonly second: ComparedWord };

/** What came of comparing. */
export interface Comparison {
  readonly firstWords: number;
  readonly secondWords: number;
  /** Words that are the same in text, voice and time. */
  readonly same: number;
  readonly differences: readonly WordDifference[];
  /** Differences of what is not words: turns, language, shortfalls. In words for people. */
  readonly others: readonly string[];
}

function wordsOf(transcript: Transcript): ComparedWord[] {
  return transcript.turns
    .flatMap((turn) => spoken(turn.words, turn).map((word) => ({ ...word, participantId: turn.participantId })))
    .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** The words of a turn; where it has only a text, its words with the turn's own time. */
function spoken(words: readonly Word[], turn: { text: string; startMs: number; endMs: number }) {
  if (words.length > 0) return words.map(({ text, startMs, endMs, confidence }) => ({ text, startMs, endMs, confidence }));
  const { startMs, endMs } = turn;
  return turn.text
    .split(/\s+/u)
    .filter((text) => text !== "")
    .map((text) => ({ text, startMs, endMs, confidence: null }));
}

/** How far words can be apart to be looked at together, so that a day's recording is compared in bounded memory. */
const reach = 400;

/** A row of the table beyond the reach counts as this many changes. */
const far = 1e9;

/**
 * Lines two lists of words up with the fewest changes (Levenshtein's distance, within a band around the diagonal), and
 * names each change. Words count as the same word when their text is the same; `toleranceMs` is how far the times of
 * the same word may lie apart.
 */
export function compareHearings(first: Transcript, second: Transcript, toleranceMs = 0): Comparison {
  const a = wordsOf(first);
  const b = wordsOf(second);
  const band = Math.max(reach, Math.abs(a.length - b.length) + reach);
  const width = 2 * band + 1;
  const costs: Float64Array[] = [];
  for (let row = 0; row <= a.length; row += 1) {
    const costsHere = new Float64Array(width).fill(far);
    const before = costs[row - 1];
    for (let at = 0; at < width; at += 1) {
      const column = row + at - band;
      if (column < 0 || column > b.length) continue;
      if (row === 0) {
        costsHere[at] = column;
        continue;
      }
      const replaced = (before?.[at] ?? far) + (column > 0 && a[row - 1]?.text === b[column - 1]?.text ? 0 : 1);
      const left = (at > 0 ? (costsHere[at - 1] ?? far) : far) + 1;
      const up = (before?.[at + 1] ?? far) + 1;
      costsHere[at] = column === 0 ? row : Math.min(replaced, left, up);
    }
    costs.push(costsHere);
  }
  const costAt = (row: number, column: number): number => costs[row]?.[column - row + band] ?? far;
  const differences: WordDifference[] = [];
  let same = 0;
  for (let row = a.length, column = b.length; row > 0 || column > 0; ) {
    const mine = a[row - 1];
    const theirs = b[column - 1];
    const equal = mine !== undefined && theirs !== undefined && mine.text === theirs.text;
    if (mine !== undefined && theirs !== undefined && costAt(row, column) === costAt(row - 1, column - 1) + (equal ? 0 : 1)) {
      const apart = Math.max(Math.abs(mine.startMs - theirs.startMs), Math.abs(mine.endMs - theirs.endMs));
      if (!equal) differences.push({ kind: "other-word", first: mine, second: theirs });
      else if (mine.participantId !== theirs.participantId)
        differences.push({ kind: "other-voice", first: mine, second: theirs });
      else if (apart > toleranceMs) differences.push({ kind: "other-time", first: mine, second: theirs });
      else same += 1;
      row -= 1;
      column -= 1;
    } else if (mine !== undefined && (theirs === undefined || costAt(row, column) === costAt(row - 1, column) + 1)) {
      differences.push({ kind: "only-first", first: mine });
      row -= 1;
    } else if (theirs !== undefined) {
      differences.push({ kind: "only-second", second: theirs });
      column -= 1;
    }
  }
  differences.reverse();
  return { firstWords: a.length, secondWords: b.length, same, differences, others: otherDifferences(first, second) };
}

function otherDifferences(first: Transcript, second: Transcript): string[] {
  const others: string[] = [];
  const compare = (what: string, one: unknown, other: unknown): void => {
    if (one !== other) others.push(`${what}: ${String(one)} and ${String(other)}`);
  };
  compare("language", first.language, second.language);
  compare("voices", first.participants.length, second.participants.length);
  compare("turns", first.turns.length, second.turns.length);
  const lacking = (transcript: Transcript): string =>
    transcript.shortfalls.map(({ lacks, reason }) => `${lacks} (${reason})`).join(", ") || "nothing";
  compare("lacking", lacking(first), lacking(second));
  const models = (transcript: Transcript): string =>
    (transcript.provenance?.models ?? []).map(({ id, sha256 }) => `${id} ${sha256.slice(0, 8)}`).join(", ") || "none named";
  compare("models", models(first), models(second));
  return others;
}
