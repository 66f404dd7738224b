import { lineOf, type RenderedTranscript, type RenderedTurn, type RenderedWord } from "./rendering.ts";
import { estimateTokens } from "./tokens.ts";

/* A long transcript in parts that a model can take at once. */

/** A turn in a part: whole, or as many of its words as the part has room for. */
export interface PartTurn {
  readonly turn: RenderedTurn;
  readonly words: readonly RenderedWord[];
}

/** Turns that are sent together. */
export interface Part {
  readonly turns: readonly PartTurn[];
  /** Tokens that they are expected to take at most. */
  readonly tokens: number;
}

/** Turns before and after each turn that stand in at least one part with it. */
export const contextTurns = 3;
/** Words that two pieces of a turn share which is too long for a part. */
export const sharedWords = 60;

/**
 * Cuts a transcript at the boundaries of turns into parts of at most so many tokens. Two neighbouring parts share twice
 * `contextTurns` turns, so that every turn stands in some part with `contextTurns` others on either side and no quote loses
 * what it belongs to; where the budget is too small for that they share as many as leave half of a part for what is new. A
 * turn that is longer than a part is cut between words, with `sharedWords` (at most half of the piece) in both pieces.
 *
 * @param budget tokens, at least 50.
 */
export function splitParts(rendered: RenderedTranscript, budget: number): Part[] {
  const pieces = rendered.turns.flatMap((turn) => piecesOf(turn, budget));
  const parts: Part[] = [];
  let at = 0;
  while (at < pieces.length) {
    let end = at;
    let tokens = 0;
    while (end < pieces.length && (end === at || tokens + (pieces[end]?.tokens ?? 0) <= budget)) {
      tokens += pieces[end]?.tokens ?? 0;
      end += 1;
    }
    parts.push({ turns: pieces.slice(at, end).map(({ turn, words }) => ({ turn, words })), tokens });
    if (end >= pieces.length) break;
    // The next part begins before this one ended, and always further on than this one began.
    let back = 0;
    let shared = 0;
    while (back < 2 * contextTurns && end - back - 1 > at) {
      const more = pieces[end - back - 1]?.tokens ?? 0;
      if (shared + more > budget / 2) break;
      shared += more;
      back += 1;
    }
    at = end - back;
  }
  return parts;
}

interface Piece extends PartTurn {
  readonly tokens: number;
}

function piecesOf(turn: RenderedTurn, budget: number): Piece[] {
  const whole = estimateTokens(lineOf(turn)) + 1;
  if (whole <= budget) return [{ turn, words: turn.words, tokens: whole }];
  const most = Math.max(1, Math.floor((turn.words.length * budget * 0.8) / whole));
  const step = Math.max(1, most - Math.min(sharedWords, Math.floor(most / 2)));
  const pieces: Piece[] = [];
  for (let at = 0; ; at += step) {
    const words = turn.words.slice(at, at + most);
    pieces.push({ turn, words, tokens: estimateTokens(lineOf(turn, words)) + 1 });
    if (at + most >= turn.words.length) return pieces;
  }
}

/** The turns with these numbers and `around` turns on either side of each, as one part in order. */
export function excerptOf(rendered: RenderedTranscript, numbers: ReadonlySet<number>, around: number): Part {
  const wanted = new Set<number>();
  for (const [place, { number }] of rendered.turns.entries()) {
    if (!numbers.has(number)) continue;
    for (let near = place - around; near <= place + around; near++) wanted.add(near);
  }
  const turns = rendered.turns.filter((_, place) => wanted.has(place));
  const tokens = turns.reduce((sum, turn) => sum + estimateTokens(lineOf(turn)) + 1, 0);
  return { turns: turns.map((turn) => ({ turn, words: turn.words })), tokens };
}
