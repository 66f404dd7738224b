import type { Word } from "./conversation.ts";
import type { OperationFault } from "./operation-faults.ts";

/*
 * What a person typed in the place of words, as words: what reads as before keeps id, times and confidence; what is new is
 * named after the operation and gets its times from the words it was written over.
 */

/** What a text replaces words with needs to know beside them. */
export interface RetextSurroundings {
  /** What new words are named after. */
  readonly id: string;
  readonly separator: "" | " ";
  /** Where new words may lie that replace none: between the words before and after, in milliseconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Longest that a word lasts which was put in where none was heard, in milliseconds. */
const insertedWordMs = 400;
/** Comparisons beyond which words are no longer aligned one by one: some 2,000 words against as many. */
const mostComparisons = 4_000_000;

/** Words that are one: a single word, or a masked stretch, which stays whole. */
interface Piece {
  readonly key: string;
  readonly words: readonly Word[];
  readonly hidden: boolean;
}

interface Token {
  readonly key: string;
  readonly text: string;
}

/** The words after the text was typed over them. Masked words that the text leaves out are the fault `hidden-words`. */
export function retext(words: readonly Word[], text: string, surroundings: RetextSurroundings): Word[] | OperationFault {
  const pieces = piecesOf(words);
  const tokens = tokensOf(text, pieces, surroundings.separator);
  const matches = align(pieces, tokens);
  const matched = new Set(matches.map(([piece]) => piece));
  if (pieces.some((piece, index) => piece.hidden && !matched.has(index))) return "hidden-words";

  const result: Word[] = [];
  let made = 0;
  const write = (token: Token, startMs: number, endMs: number, over: readonly Word[]): void => {
    const replaces = [...new Set(over.flatMap((word) => [...(word.replaces ?? []), word.id]))];
    result.push({
      id: `${surroundings.id}.${made}`,
      text: token.text,
      startMs,
      endMs,
      confidence: null,
      review: "written",
      ...(replaces.length === 0 ? {} : { replaces }),
    });
    made += 1;
  };

  let nextPiece = 0;
  let nextToken = 0;
  for (const [pieceIndex, tokenIndex] of [...matches, [pieces.length, tokens.length] as const]) {
    const old = pieces.slice(nextPiece, pieceIndex).flatMap((piece) => piece.words);
    const typed = tokens.slice(nextToken, tokenIndex);
    const beforeMs = result.at(-1)?.endMs ?? surroundings.notBeforeMs;
    const afterMs = pieces[pieceIndex]?.words[0]?.startMs ?? surroundings.notAfterMs;
    for (const [index, slot] of slotsOf(old, typed, beforeMs, afterMs).entries()) {
      const token = typed[index];
      if (token !== undefined) write(token, slot.startMs, slot.endMs, slot.over);
    }
    const piece = pieces[pieceIndex];
    const token = tokens[tokenIndex];
    if (piece !== undefined && token !== undefined) {
      const [first, ...others] = piece.words;
      if (first === undefined || token.text === first.text) result.push(...piece.words);
      else if (piece.hidden) result.push({ ...first, text: token.text }, ...others);
      else write(token, first.startMs, first.endMs, [first]);
    }
    nextPiece = pieceIndex + 1;
    nextToken = tokenIndex + 1;
  }
  return result;
}

function piecesOf(words: readonly Word[]): Piece[] {
  const pieces: { key: string; words: Word[]; hidden: boolean }[] = [];
  for (const word of words) {
    const last = pieces.at(-1);
    if (word.redaction !== undefined && word.text === "" && last?.hidden) last.words.push(word);
    else if (word.redaction !== undefined) pieces.push({ key: labelKey(word.text), words: [word], hidden: true });
    else pieces.push({ key: keyOf(word.text), words: [word], hidden: false });
  }
  return pieces;
}

function tokensOf(text: string, pieces: readonly Piece[], separator: "" | " "): Token[] {
  const labels = [...new Set(pieces.filter((piece) => piece.hidden).map((piece) => labelOf(piece.words[0]?.text ?? "")))];
  const pattern = labels.filter((label) => label !== "").map((label) => `\\S*?${literally(label)}[^\\s[]*`);
  if (pattern.length === 0) return plainTokens(text, separator);
  return text.split(new RegExp(`(${pattern.join("|")})`, "u")).flatMap((part, index) => {
    if (index % 2 === 0) return plainTokens(part, separator);
    return [{ key: labelKey(part), text: part }];
  });
}

/** A text as a pattern that finds it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

function plainTokens(text: string, separator: "" | " "): Token[] {
  const texts = text.split(/\s+/u).filter((token) => token !== "");
  const parts = separator === " " ? texts : texts.flatMap(segmented);
  return parts.map((token) => ({ key: keyOf(token), text: token }));
}

/** Writing without spaces taken apart into words, punctuation with the word before it. */
function segmented(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (isWordLike === true || words.length === 0) words.push(segment);
    else words[words.length - 1] += segment;
  }
  return words;
}

/** The bracketed label in a masked word's text, which may have punctuation around it. */
function labelOf(text: string): string {
  return /\[[^\]]*\]/u.exec(text)?.[0] ?? text;
}

/** No word's key: it begins with a character that no word has. */
function labelKey(text: string): string {
  return `\0${labelOf(text)}`;
}

/** What makes two writings the same word: letters and digits, whatever their case. */
function keyOf(text: string): string {
  const letters = text.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "");
  return letters === "" ? text : letters;
}

/** The longest common subsequence: pairs of indices, both rising. */
function align(pieces: readonly Piece[], tokens: readonly Token[]): [number, number][] {
  const same = (piece: number, token: number): boolean => pieces[piece]?.key === tokens[token]?.key;
  let start = 0;
  while (start < pieces.length && start < tokens.length && same(start, start)) start += 1;
  let end = 0;
  while (end < pieces.length - start && end < tokens.length - start && same(pieces.length - 1 - end, tokens.length - 1 - end))
    end += 1;
  const rows = pieces.length - start - end;
  const columns = tokens.length - start - end;
  const matches: [number, number][] = Array.from({ length: start }, (_, index) => [index, index]);
  if (rows > 0 && columns > 0 && rows * columns <= mostComparisons) {
    // lengths[r, c]: longest common subsequence of what follows row r and column c.
    const width = columns + 1;
    const lengths = new Uint16Array((rows + 1) * width);
    const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
    for (let row = rows - 1; row >= 0; row--) {
      for (let column = columns - 1; column >= 0; column--) {
        lengths[row * width + column] = same(start + row, start + column)
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      }
    }
    let row = 0;
    let column = 0;
    while (row < rows && column < columns) {
      if (same(start + row, start + column)) {
        matches.push([start + row, start + column]);
        row += 1;
        column += 1;
      } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
      else column += 1;
    }
  }
  for (let index = end; index > 0; index--) matches.push([pieces.length - index, tokens.length - index]);
  return matches;
}

interface Slot {
  readonly startMs: number;
  readonly endMs: number;
  readonly over: readonly Word[];
}

/** A time for each typed word, and the words it was written over. */
function slotsOf(old: readonly Word[], typed: readonly Token[], beforeMs: number, afterMs: number): Slot[] {
  if (old.length === typed.length) {
    return old.map((word) => ({ startMs: word.startMs, endMs: word.endMs, over: [word] }));
  }
  const first = old[0];
  const last = old.at(-1);
  const startMs = first?.startMs ?? Math.min(beforeMs, afterMs);
  // Where words overlap, as those of joined turns may, what is new ends before the next begins.
  const mostMs = last === undefined ? insertedWordMs * typed.length : last.endMs - startMs;
  const roomMs = Math.min(afterMs - startMs, mostMs);
  const lengthMs = Math.max(0, roomMs);
  const weights = typed.map((token) => Math.max(1, token.text.length));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let passed = 0;
  return weights.map((weight, index) => {
    const from = startMs + Math.round((lengthMs * passed) / whole);
    passed += weight;
    const to = startMs + Math.round((lengthMs * passed) / whole);
    return { startMs: from, endMs: to, over: old.filter((_, place) => stands(place, old.length, index, typed.length)) };
  });
}

/** Whether the word at one place of `count` stands where the typed word at another place of `typedCount` does. */
function stands(place: number, count: number, index: number, typedCount: number): boolean {
  return Math.floor(((place + 0.5) * typedCount) / count) === index || Math.floor(((index + 0.5) * count) / typedCount) === place;
}
