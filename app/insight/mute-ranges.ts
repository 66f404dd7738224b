import type { HeardSound, Redacted, Span, Turn, Word } from "../conversation/conversation.ts";
import { redactionLabels } from "./redaction-policy.ts";

/*
 * Where the sound has to be silent because the text is masked, and where keys were pressed. A word's times are right to
 * about 25 ms at the median and sometimes off by some hundred: so more is muted than the word, the more the less sure it
 * is. Muting a little of the neighbour costs a reviewer a syllable; a digit that is heard costs the whole point.
 */

/** What muting looks at of a transcript. */
export interface Mutable {
  readonly durationMs: number;
  readonly turns: readonly Turn[];
  readonly sounds?: readonly HeardSound[] | undefined;
  /** What a person has hidden of the sound. */
  readonly hidden?: readonly Span[] | undefined;
  /** What rules have hidden: of a turn without words it may be that nothing in the text tells. */
  readonly redactions?: readonly Redacted[] | undefined;
}

/** Muted before and after a word that the recogniser is sure of, in ms. */
export const leastPaddingMs = 120;
/** Muted before and after a word of which nothing is sure, in ms. */
export const mostPaddingMs = 500;
/** Muted around keys pressed, in ms: their times are those of the tones themselves, found in steps of 16 ms. */
export const keyPaddingMs = 60;
/** Ranges this close together are one, in ms: what is heard between two digits is the end of one and the start of the other. */
export const joinedWithinMs = 250;

/** How much is muted around a word, in ms: from the least for a sure one to the most for a word in doubt, or of unknown certainty. */
export function paddingOf(word: Pick<Word, "confidence" | "doubt">): number {
  const sure = word.doubt === undefined ? (word.confidence ?? 0) : 0;
  return Math.round(mostPaddingMs - (mostPaddingMs - leastPaddingMs) * Math.min(1, Math.max(0, sure)));
}

/**
 * The ranges of a recording that must not be heard: masked words with their padding, whole turns that are masked and
 * whose words have no times, what a person has hidden, and keys pressed. In order, apart, within the recording.
 */
export function muteRanges(transcript: Mutable): Span[] {
  const { durationMs, turns, sounds = [], hidden = [], redactions = [] } = transcript;
  const whole = new Set(
    redactions.flatMap(({ turnId, wordIds, why }) => (wordIds.length === 0 && why !== "slot" ? [turnId] : [])),
  );
  const keys = sounds.filter(({ kind }) => kind === "dtmf").map((sound) => padded(sound, keyPaddingMs));
  const byHand = hidden.map((span) => padded(span, leastPaddingMs));
  return joined([...turns.flatMap((turn) => masked(turn, whole.has(turn.id))), ...byHand, ...keys], durationMs);
}

const labels = Object.values(redactionLabels);

/** The masked stretches of a turn: a run of masked words is one, with the pauses in it. */
function masked(turn: Turn, isHidden: boolean): Span[] {
  const runs: Span[] = [];
  let open: { startMs: number; endMs: number } | null = null;
  for (const word of turn.words) {
    if (word.redaction === undefined || word.restored !== undefined) {
      // A word that was taken out of the text altogether belongs to the run around it.
      if (open !== null && (word.text !== "" || word.restored !== undefined)) open = null;
      continue;
    }
    const span = padded(word, paddingOf(word));
    if (open === null) {
      open = { ...span };
      runs.push(open);
    } else {
      open.startMs = Math.min(open.startMs, span.startMs);
      open.endMs = Math.max(open.endMs, span.endMs);
    }
  }
  // Only the text says that something is masked: nobody knows where in the turn.
  const known = turn.words.some(({ redaction }) => redaction !== undefined);
  const said = labels.some((label) => turn.text.includes(label) || turn.translation?.includes(label));
  return !known && (said || isHidden) ? [padded(turn, mostPaddingMs)] : runs;
}

function padded({ startMs, endMs }: Span, paddingMs: number): Span {
  return { startMs: Math.max(0, startMs - paddingMs), endMs: Math.max(startMs, endMs) + paddingMs };
}

function joined(spans: readonly Span[], durationMs: number): Span[] {
  const ranges: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const end = Math.min(endMs, durationMs);
    if (end <= startMs) continue;
    const last = ranges.at(-1);
    if (last !== undefined && startMs - last.endMs <= joinedWithinMs) last.endMs = Math.max(last.endMs, end);
    else ranges.push({ startMs, endMs: end });
  }
  return ranges;
}
