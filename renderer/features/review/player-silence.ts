import type { Conversation, Span } from "../../../app/conversation/conversation.ts";
import { complement, union } from "../../../app/conversation/measures.ts";

/** What is left of a silence at each of its ends, so that nobody is cut off and the break is still heard. Milliseconds. */
export const silenceMargin = 250;

/**
 * Stretches in which nobody speaks, in order, however short: by the times of the words where they are known, else by the
 * turns. Sounds beside speech (hold music, ringing) count as nobody speaking.
 */
export function unspoken({ turns, durationMs }: Pick<Conversation, "turns" | "durationMs">): Span[] {
  if (turns.length === 0) return [];
  const spoken = turns.flatMap((turn): Span[] => (turn.words.length > 0 ? turn.words : [turn]));
  const within = spoken.map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, durationMs) }));
  return complement(union(within.sort((a, b) => a.startMs - b.startMs)), durationMs);
}

/**
 * Where playback goes on from a moment when silences are left out; null where it just goes on.
 *
 * @param silences in order of start, without overlaps.
 * @param leastMs shorter ones are kept.
 */
export function pastSilence(silences: readonly Span[], ms: number, leastMs: number): number | null {
  let low = 0;
  let high = silences.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((silences[middle]?.startMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  const silence = silences[low - 1];
  if (silence === undefined || silence.endMs - silence.startMs < Math.max(leastMs, 2 * silenceMargin)) return null;
  const goOnAt = silence.endMs - silenceMargin;
  return ms >= silence.startMs + silenceMargin && ms < goOnAt ? goOnAt : null;
}
