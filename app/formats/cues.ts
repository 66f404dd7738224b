import type { Conversation, Turn } from "../conversation/conversation.ts";
import { speakerLabels } from "./speaker-label.ts";

/*
 * Subtitles: what is said, cut into pieces that a person can read while it is heard. The figures follow the common
 * guidelines for television subtitles (two lines of 42 characters, at most 7 s, at least 1 s, 17 characters a second).
 */

/** Longest line of a cue, in characters as a reader sees them. */
export const cueLineLength = 42;
/** Most lines of one cue. */
export const cueLines = 2;
/** Longest cue, in milliseconds; a single word that lasts longer stays whole. */
export const longestCueMs = 7_000;
/** Shortest cue, in milliseconds, where the next one leaves the time. */
export const shortestCueMs = 1_000;
/** A pause this long inside a turn always begins a new cue. */
const longPauseMs = 1_500;
/** A pause this long is a better place to cut than none. */
const pauseMs = 300;
/** Time to read one character, for messages, which have a time and no length. */
const readingMs = 60;

/** What stands for speech that was heard and has no words. */
export const wordlessText = "[speech]";

/** One subtitle. */
export interface Cue {
  readonly speaker: string;
  readonly startMs: number;
  readonly endMs: number;
  /** At least one, at most `cueLines`. Single spaces, no line breaks. */
  readonly lines: readonly string[];
}

interface Piece {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The cues of a conversation in order of start; those of different speakers may overlap as their turns do.
 *
 * @param prefix what to write before the first words of each turn, for formats that have no place for the speaker.
 */
export function cuesOf(conversation: Conversation, prefix: (speaker: string) => string = () => ""): Cue[] {
  const labels = speakerLabels(conversation.participants);
  const cues = conversation.turns.flatMap((turn, index): Cue[] => {
    const speaker = labels.get(turn.participantId) ?? "";
    const [first, ...rest] = piecesOf(turn, conversation.turns[index + 1]);
    if (first === undefined) return [];
    const named = words(prefix(speaker)).map((text) => ({ text, startMs: first.startMs, endMs: first.startMs }));
    return cut([...named, first, ...rest]).map((cue) => ({ speaker, ...cue }));
  });
  // Turns come in order of start, and a correction of times may have disturbed it.
  cues.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return cues.map((cue, index) => {
    const free = Math.min(cue.startMs + shortestCueMs, cues[index + 1]?.startMs ?? Number.POSITIVE_INFINITY);
    return { ...cue, endMs: Math.max(cue.startMs + 1, cue.endMs, free) };
  });
}

/** A turn as pieces in order, none longer than a line: its words, or its text with the time shared out by length. */
function piecesOf(turn: Turn, next: Turn | undefined): Piece[] {
  const spoken = turn.words.filter((word) => words(word.text).length > 0);
  if (spoken.length > 0) {
    let reached = turn.startMs;
    return turn.words.flatMap((word, index): Piece[] => {
      const texts = words(word.text).flatMap(lineLong);
      if (texts.length === 0) return [];
      const startMs = Math.max(reached, word.startMs);
      // The words behind a masked one are empty: their time belongs to the label.
      let endMs = Math.max(startMs, word.endMs);
      for (let at = index + 1; words(turn.words[at]?.text ?? "x").length === 0; at++)
        endMs = Math.max(endMs, turn.words[at]?.endMs ?? 0);
      reached = endMs;
      return shareOut(texts, startMs, endMs);
    });
  }
  const texts = words(turn.text).flatMap(lineLong);
  if (texts.length === 0) {
    return turn.endMs > turn.startMs ? [{ text: wordlessText, startMs: turn.startMs, endMs: turn.endMs }] : [];
  }
  if (turn.endMs > turn.startMs) return shareOut(texts, turn.startMs, turn.endMs);
  const wanted = turn.startMs + Math.max(shortestCueMs, readingMs * texts.join(" ").length);
  const until = next === undefined ? wanted : Math.max(turn.startMs + shortestCueMs, Math.min(wanted, next.startMs));
  return shareOut(texts, turn.startMs, until);
}

/** Cuts pieces into cues: at long pauses, else as late as fits, preferring the end of a sentence, a comma, a pause. */
function cut(pieces: readonly Piece[]): Omit<Cue, "speaker">[] {
  const cues: Omit<Cue, "speaker">[] = [];
  let from = 0;
  while (from < pieces.length) {
    const to = from + lengthOfCue(pieces, from);
    const taken = pieces.slice(from, to);
    const startMs = taken[0]?.startMs ?? 0;
    cues.push({ startMs, endMs: Math.max(startMs, taken.at(-1)?.endMs ?? 0), lines: wrap(taken.map(({ text }) => text)) });
    from = to;
  }
  return cues;
}

/** How many pieces from `from` on make the next cue; at least one. */
function lengthOfCue(pieces: readonly Piece[], from: number): number {
  const startMs = pieces[from]?.startMs ?? 0;
  const texts: string[] = [];
  let best = 1;
  let bestWorth = 0;
  for (let at = from; at < pieces.length; at++) {
    const piece = pieces[at];
    if (piece === undefined) break;
    texts.push(piece.text);
    const fits = wrap(texts).length <= cueLines && piece.endMs - startMs <= longestCueMs;
    if (at > from && !fits) return best;
    const next = pieces[at + 1];
    if (next === undefined || next.startMs - piece.endMs >= longPauseMs) return at - from + 1;
    // A cut late in the cue is worth a little more, so that cues fill; a sentence's end is worth more than filling.
    const filled = texts.join(" ").length / (cueLineLength * cueLines);
    const worth = filled + placeWorth(piece, next) * Math.min(1, filled * 3);
    if (worth >= bestWorth) {
      best = at - from + 1;
      bestWorth = worth;
    }
  }
  return best;
}

function placeWorth(piece: Piece, next: Piece): number {
  if (/[.!?…。！？؟]["'”’)\]]*$/u.test(piece.text)) return 1;
  if (/[,;:–—，；：、،]["'”’)\]]*$/u.test(piece.text)) return 0.4;
  return next.startMs - piece.endMs >= pauseMs ? 0.5 : 0;
}

/** Words as lines, each as full as it can be. */
function wrap(texts: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const text of texts) {
    const longer = line === "" ? text : `${line} ${text}`;
    if (line !== "" && graphemes(longer).length > cueLineLength) {
      lines.push(line);
      line = text;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}

function shareOut(texts: readonly string[], startMs: number, endMs: number): Piece[] {
  const whole = texts.reduce((sum, text) => sum + text.length, 0);
  let before = 0;
  return texts.map((text) => {
    const at = (characters: number) => Math.round(startMs + ((endMs - startMs) * characters) / whole);
    const piece = { text, startMs: at(before), endMs: at(before + text.length) };
    before += text.length;
    return piece;
  });
}

function words(text: string): string[] {
  return text.split(/[\s\p{Cc}\p{Zl}\p{Zp}]+/u).filter((word) => word !== "");
}

/** A word longer than a line (an address, or a language without spaces) in pieces that fit. */
function lineLong(word: string): string[] {
  if (word.length <= cueLineLength) return [word];
  const characters = graphemes(word);
  const pieces: string[] = [];
  for (let from = 0; from < characters.length; from += cueLineLength)
    pieces.push(characters.slice(from, from + cueLineLength).join(""));
  return pieces;
}

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The characters of a text as a reader sees them. */
function graphemes(text: string): string[] {
  // Most text is plain, and splitting it is much cheaper than segmenting.
  return /^[ -~]*$/u.test(text) ? text.split("") : Array.from(segmenter.segment(text), ({ segment }) => segment);
}
