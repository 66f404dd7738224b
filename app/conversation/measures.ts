import type { Interruption, Measures, Participant, ParticipantMeasures, Span, Turn } from "./conversation.ts";

/** Shortest stretch without speech that counts as silence: Amazon Transcribe Call Analytics' non-talk rule, 3 s. */
export const silenceThresholdMs = 3_000;

/** Shortest stretch of two voices at once that counts as overlap; shorter ones are turn changes heard a moment early. */
export const overlapThresholdMs = 150;

/** The other has to go on for this long after somebody breaks in, else it was the end of a sentence, not an interruption. */
export const interruptionThresholdMs = 500;

/**
 * Measures a conversation from its turns alone, so that correcting a speaker or a time changes the figures at once.
 * Works on speech spans: the words' times where words are known, else the turns'. Linear in the number of turns after
 * one sort.
 *
 * @param durationMs whole length of the recording; silence before the first and after the last word counts.
 */
export function measure(durationMs: number, participants: readonly Participant[], turns: readonly Turn[]): Measures {
  const spans = turns
    .filter((turn) => turn.endMs > turn.startMs)
    .map((turn) => ({ turn, startMs: turn.startMs, endMs: Math.min(turn.endMs, Math.max(durationMs, turn.endMs)) }))
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);

  const talk = union(spans);
  const talkOfAll = turns.reduce((sum, turn) => sum + Math.max(0, turn.endMs - turn.startMs), 0);
  const gaps = complement(talk, durationMs);
  const silences = gaps.filter((gap) => gap.endMs - gap.startMs >= silenceThresholdMs);
  const { overlaps, interruptions } = crossings(spans);

  return {
    talkMs: total(talk),
    nonTalkMs: total(gaps),
    silences,
    longestSilenceMs: silences.reduce((longest, gap) => Math.max(longest, gap.endMs - gap.startMs), 0),
    overlaps,
    overlapMs: total(overlaps),
    interruptions,
    participants: participants.map((participant) => measureParticipant(participant, turns, interruptions, talkOfAll)),
  };
}

function measureParticipant(
  participant: Participant,
  turns: readonly Turn[],
  interruptions: readonly Interruption[],
  talkOfAll: number,
): ParticipantMeasures {
  const own = turns.filter((turn) => turn.participantId === participant.id);
  const talkMs = total(union(own.map(({ startMs, endMs }) => ({ startMs, endMs })).sort((a, b) => a.startMs - b.startMs)));
  const words = own.reduce((sum, turn) => sum + (turn.words.length || countWords(turn.text)), 0);
  return {
    participantId: participant.id,
    talkMs,
    talkShare: talkOfAll > 0 ? Math.min(1, talkMs / talkOfAll) : 0,
    turns: own.length,
    words,
    wordsPerMinute: words > 0 && talkMs > 0 ? Math.round((words * 60_000) / talkMs) : null,
    interruptions: interruptions.filter((interruption) => interruption.byParticipantId === participant.id).length,
    longestTurnMs: own.reduce((longest, turn) => Math.max(longest, turn.endMs - turn.startMs), 0),
  };
}

function countWords(text: string): number {
  const trimmed = text.trim();
  return trimmed === "" ? 0 : trimmed.split(/\s+/u).length;
}

function total(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + (span.endMs - span.startMs), 0);
}

/** Joins spans that touch or overlap. Takes them in order of start. */
export function union(spans: readonly Span[]): Span[] {
  const joined: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else joined.push({ startMs, endMs });
  }
  return joined;
}

/** What a union of spans leaves free between 0 and `durationMs`. */
export function complement(spans: readonly Span[], durationMs: number): Span[] {
  const free: Span[] = [];
  let cursor = 0;
  for (const { startMs, endMs } of spans) {
    if (startMs > cursor) free.push({ startMs: cursor, endMs: Math.min(startMs, durationMs) });
    cursor = Math.max(cursor, endMs);
  }
  if (cursor < durationMs) free.push({ startMs: cursor, endMs: durationMs });
  return free.filter((span) => span.endMs > span.startMs);
}

/** Where turns of different participants cross: the overlaps, and which of them are interruptions. Turns come in order of start. */
function crossings(spans: readonly { turn: Turn; startMs: number; endMs: number }[]): {
  overlaps: Span[];
  interruptions: Interruption[];
} {
  const pieces: Span[] = [];
  const interruptions: Interruption[] = [];
  const open: { turn: Turn; startMs: number; endMs: number }[] = [];
  for (const span of spans) {
    for (let index = open.length - 1; index >= 0; index--) {
      if ((open[index]?.endMs ?? 0) <= span.startMs) open.splice(index, 1);
    }
    for (const other of open) {
      if (other.turn.participantId === span.turn.participantId) continue;
      const endMs = Math.min(other.endMs, span.endMs);
      if (endMs - span.startMs < overlapThresholdMs) continue;
      pieces.push({ startMs: span.startMs, endMs });
      // A word of agreement while the other goes on is listening, not interrupting: who breaks in has to outlast the other.
      const breaksIn =
        span.endMs > other.endMs && endMs - span.startMs >= interruptionThresholdMs && span.startMs > other.startMs;
      if (breaksIn) {
        interruptions.push({
          startMs: span.startMs,
          endMs,
          byParticipantId: span.turn.participantId,
          ofParticipantId: other.turn.participantId,
        });
      }
    }
    open.push(span);
  }
  return { overlaps: union(pieces.sort((a, b) => a.startMs - b.startMs)), interruptions };
}
