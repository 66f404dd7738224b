import type { Turn } from "../../app/conversation/conversation.ts";
import type { HeardSoFar } from "../../app/conversation/speech.ts";
import { turnPauseMs, turnsOf, type VoicedWord } from "./turns.ts";

/** Turns of a recording of which only the beginning has been heard. */
export interface TurnsSoFar {
  /** Takes words in any order; none of them begins before the last `untilMs`. */
  add(words: readonly VoicedWord[]): void;
  /** What is new or has changed since the last call, when all words that begin before `untilMs` are known. */
  upTo(untilMs: number): HeardSoFar;
}

/**
 * Makes turns of words as they become known, with the ids that they have when all words are. What is finished is not
 * looked at again, so that a long call costs no more at its end than at its beginning.
 */
export function turnsSoFar(): TurnsSoFar {
  let pending: VoicedWord[] = [];
  let doneTurns = 0;
  let doneWords = 0;
  return {
    add: (words) => void pending.push(...words),
    upTo(untilMs) {
      const known = pending.filter(({ startMs }) => startMs < untilMs);
      const turns = turnsOf(known, { turn: doneTurns, word: doneWords });
      const heard: HeardSoFar = { from: doneTurns, turns, untilMs };
      const finished = finishedTurns(turns, untilMs);
      if (finished > 0) {
        const latest = turns.slice(0, finished).reduce((end, turn) => Math.max(end, turn.endMs), 0);
        doneWords += turns.slice(0, finished).reduce((sum, { words }) => sum + words.length, 0);
        doneTurns += finished;
        pending = pending.filter(({ startMs }) => startMs >= latest);
      }
      return heard;
    },
  };
}

/** How many of the first turns are as they will be: over for longer than a turn's pause, and before all others begin. */
function finishedTurns(turns: readonly Turn[], untilMs: number): number {
  let finished = 0;
  let latest = 0;
  for (const [index, turn] of turns.entries()) {
    if (turn.startMs >= latest) finished = index;
    if (turn.endMs + turnPauseMs >= untilMs) return finished;
    latest = Math.max(latest, turn.endMs);
  }
  return turns.length;
}
