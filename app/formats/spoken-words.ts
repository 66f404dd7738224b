import { personalTypes, redactionLabels } from "../insight/redaction-policy.ts";
import type { DraftSpeaker, DraftTurn, DraftWord } from "./imported.ts";

/** A word or a mark as a recogniser lists it: marks have no times of their own. */
export interface SpokenItem {
  readonly text: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly confidence: number | null;
  readonly punctuation: boolean;
}

/** A word and whose it is. */
export interface VoicedWord extends DraftWord {
  readonly speaker: DraftSpeaker;
}

/** A pause of this length ends a turn (Amazon's post call analytics uses the same). */
export const longestPauseMs = 3_000;

/**
 * Makes words of items: marks join the word before them, a word without times stands between its neighbours (or at the
 * bounds of the stretch it belongs to).
 */
export function wordsOf(
  items: readonly SpokenItem[],
  bounds: { readonly startMs: number; readonly endMs: number } = { startMs: 0, endMs: 0 },
): DraftWord[] {
  const words: { text: string; startMs: number | null; endMs: number | null; confidence: number | null }[] = [];
  for (const item of items) {
    const text = item.text.trim();
    if (text === "") continue;
    const last = words.at(-1);
    if (item.punctuation && last !== undefined) last.text += text;
    else words.push({ text, startMs: item.startMs, endMs: item.endMs, confidence: item.punctuation ? null : item.confidence });
  }
  // Backwards once, so that each word knows the next start without a look ahead for every one.
  const nextStarts: number[] = [];
  let next = bounds.endMs;
  for (const word of words.toReversed()) {
    nextStarts.push(next);
    next = word.startMs ?? next;
  }
  nextStarts.reverse();
  let before = bounds.startMs;
  return words.map((word, index): DraftWord => {
    const startMs = word.startMs ?? before;
    const limit = Math.max(startMs, nextStarts[index] ?? startMs);
    // Some programs write the start again as the end: then a word lasts until the next, a second at most.
    const endMs = word.endMs !== null && word.endMs > startMs ? word.endMs : Math.min(limit, startMs + 1_000);
    before = endMs;
    const redaction = redactionOf(word.text);
    return {
      text: word.text,
      startMs,
      endMs,
      confidence: word.confidence,
      ...(redaction === null ? {} : { redaction }),
    };
  });
}

/** The kind that a masked word names: `[PII]`, `[CREDIT_DEBIT_NUMBER]`, or a label of Earmark's own; null for any other word. */
export function redactionOf(text: string): string | null {
  const label = /^\[[^[\]]{1,40}\](?=\p{P}*$)/u.exec(text)?.[0];
  const own = personalTypes.find((type) => redactionLabels[type] === label);
  if (own !== undefined) return own;
  const kind = /^\[([A-Z][A-Z_]{1,40})\]\p{P}*$/u.exec(text)?.[1];
  return kind === undefined ? null : kind.toLowerCase().replaceAll("_", "-");
}

/** Words as text: with spaces between, except in the scripts that write none. */
export function joinWords(words: readonly { readonly text: string }[], language: string | null): string {
  return words.map(({ text }) => text).join(/^(?:zh|ja|th|lo|km|my)\b/u.test(language ?? "") ? "" : " ");
}

/** Makes turns of words in their order: a new one where another speaks, or after a pause. */
export function turnsOfWords(
  words: readonly VoicedWord[],
  language: string | null,
  pauseMs: number = longestPauseMs,
): DraftTurn[] {
  const turns: VoicedWord[][] = [];
  let last: VoicedWord | undefined;
  for (const word of words) {
    const goes = last !== undefined && last.speaker.key === word.speaker.key && word.startMs - last.endMs < pauseMs;
    const turn = turns.at(-1);
    if (goes && turn !== undefined) turn.push(word);
    else turns.push([word]);
    last = word;
  }
  return turns.flatMap((turn) => turnOf(turn, language) ?? []);
}

function turnOf(words: readonly VoicedWord[], language: string | null): DraftTurn | null {
  const first = words[0];
  if (first === undefined) return null;
  return {
    speaker: first.speaker,
    startMs: first.startMs,
    endMs: words.reduce((latest, word) => Math.max(latest, word.endMs), first.endMs),
    text: joinWords(words, language),
    words: words.map(({ speaker: _, ...word }) => word),
  };
}

/** Joined pieces without times of words may last this long: their beginnings are all that can be sought. */
const longestWithoutWordsMs = 30_000;

/**
 * Joins turns of the same voice that follow each other without a pause, as cut by programs that write short pieces. Turns
 * without words are not joined beyond 30 s.
 */
export function joinTurns(turns: readonly DraftTurn[], longestGapMs: number, language: string | null): DraftTurn[] {
  const groups: DraftTurn[][] = [];
  let end = 0;
  for (const turn of turns) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const timed = (turn.words ?? []).length > 0;
    const joins =
      last !== undefined &&
      last.speaker.key === turn.speaker.key &&
      last.bot === undefined &&
      turn.bot === undefined &&
      turn.startMs - end < longestGapMs &&
      (timed || turn.endMs - (group?.[0]?.startMs ?? 0) <= longestWithoutWordsMs);
    if (joins && group !== undefined) group.push(turn);
    else groups.push([turn]);
    end = joins ? Math.max(end, turn.endMs) : turn.endMs;
  }
  return groups.flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    return {
      ...first,
      endMs: group.reduce((latest, turn) => Math.max(latest, turn.endMs), first.endMs),
      text: joinWords(
        group.map((turn) => ({ text: turn.text.trim() })).filter(({ text }) => text !== ""),
        language,
      ),
      words: group.flatMap((turn) => turn.words ?? []),
    };
  });
}
