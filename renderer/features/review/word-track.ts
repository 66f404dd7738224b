import type { Turn } from "../../../app/conversation/conversation.ts";

/** A pause between two words shorter than this belongs to the word before, so that the mark does not flicker. */
const bridgeMs = 300;

interface Track {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly ids: readonly string[];
}

/** Finds what is being said at a moment, in the time it takes to halve a list. */
export interface WordTrack {
  /** Ids of the words being spoken: one for each voice that speaks. */
  wordsAt(ms: number): string[];
  /** Index of the turn that is on: the latest begun that lasts, else the latest begun; -1 before the first. */
  turnAt(ms: number): number;
}

/** Lays out the words of turns for finding by time. Turns come in order of start; each voice has a track of its own. */
export function wordTrack(turns: readonly Turn[]): WordTrack {
  const byVoice = new Map<string, { startMs: number; endMs: number; id: string }[]>();
  for (const turn of turns) {
    const words = byVoice.get(turn.participantId) ?? [];
    words.push(...turn.words);
    byVoice.set(turn.participantId, words);
  }
  const tracks: Track[] = [...byVoice.values()].map((words) => {
    // Nearly always they are in order already, and a long call has tens of thousands.
    if (words.some((word, index) => word.startMs < (words[index - 1]?.startMs ?? 0))) words.sort((a, b) => a.startMs - b.startMs);
    return {
      starts: Int32Array.from(words, (word) => word.startMs),
      ends: Int32Array.from(words, (word, index) => {
        const next = words[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
        return next - word.endMs < bridgeMs ? Math.max(word.endMs, next) : word.endMs;
      }),
      ids: words.map((word) => word.id),
    };
  });
  const turnStarts = Int32Array.from(turns, (turn) => turn.startMs);
  return {
    wordsAt(ms) {
      const found: string[] = [];
      for (const { starts, ends, ids } of tracks) {
        const index = lastAtOrBefore(starts, ms);
        const id = ids[index];
        if (id !== undefined && ms < (ends[index] ?? 0)) found.push(id);
      }
      return found;
    },
    turnAt(ms) {
      const latest = lastAtOrBefore(turnStarts, ms);
      // A short word thrown in ends before the long turn it interrupts; a few turns back is far enough to look.
      for (let index = latest; index >= 0 && index > latest - 6; index--) {
        if (ms < (turns[index]?.endMs ?? 0)) return index;
      }
      return latest;
    },
  };
}

/** Index of the last value that is not larger than `value`; -1 when all are. Values ascend. */
export function lastAtOrBefore(values: Int32Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
