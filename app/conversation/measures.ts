import type { Interruption, Measures, Participant, Span, Turn } from "./conversation.ts";

/** Shortest stretch without speech that counts as silence: Amazon Transcribe Call Analytics' non-talk rule, 3 s. */
export const silenceThresholdMs = 3_000;

/** Shortest stretch of two voices at once that counts as overlap; shorter ones are turn changes heard a moment early. */
export const overlapThresholdMs = 150;

/** The other has to go on for this long after somebody breaks in, else it was the end of a sentence, not an interruption. */
export const interruptionThresholdMs = 500;

/**
 * Measures a conversation from its turns alone, so that correcting a speaker or a time changes the figures at once. A turn
 * is speech from its start to its end, without the pauses between its words that count as silence. What lies beyond the
 * end of the recording is not counted, so `talkMs + nonTalkMs` is `durationMs`. A conversation
 * of messages alone has neither talk nor silence.
 *
 * @param durationMs whole length of the recording; silence before the first and after the last word counts.
 */
export function measure(durationMs: number, participants: readonly Participant[], turns: readonly Turn[]): Measures {
  const spans = turns
    .flatMap((turn) => speechOf(turn, durationMs).map((span) => ({ ...span, participantId: turn.participantId })))
    .sort(byStart);
  const bySpeaker = Map.groupBy(spans, (span) => span.participantId);
  const talkBySpeaker = new Map([...bySpeaker].map(([id, own]) => [id, total(union(own))]));
  const talkOfAll = [...talkBySpeaker.values()].reduce((sum, talkMs) => sum + talkMs, 0);

  const talk = union(spans);
  // Messages take no time: where there is nothing but messages, nobody keeps silent between them.
  const written = turns.length > 0 && turns.every((turn) => turn.endMs <= turn.startMs);
  const gaps = written ? [] : complement(talk, durationMs);
  const silences = gaps.filter((gap) => gap.endMs - gap.startMs >= silenceThresholdMs);
  const { overlaps, interruptions } = crossings(spans);

  return {
    talkMs: total(talk),
    nonTalkMs: total(gaps),
    silences,
    longestSilenceMs: longest(silences),
    overlaps,
    overlapMs: total(overlaps),
    interruptions,
    participants: participants.map(({ id }) => {
      const own = turns.filter((turn) => turn.participantId === id);
      const talkMs = talkBySpeaker.get(id) ?? 0;
      const words = own.reduce((sum, turn) => sum + (turn.words.length || countWords(turn.text)), 0);
      return {
        participantId: id,
        talkMs,
        talkShare: talkOfAll > 0 ? talkMs / talkOfAll : 0,
        turns: own.length,
        words,
        wordsPerMinute: words > 0 && talkMs > 0 ? Math.round((words * 60_000) / talkMs) : null,
        interruptions: interruptions.filter((interruption) => interruption.byParticipantId === id).length,
        longestTurnMs: longest(own.map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, durationMs) }))),
      };
    }),
  };
}

/** When speech of a turn is to be heard: all of it but the silences between its words, in order, within the recording. */
export function speechOf(turn: Turn, durationMs: number): Span[] {
  const whole = { startMs: turn.startMs, endMs: Math.min(turn.endMs, durationMs) };
  if (whole.endMs <= whole.startMs) return [];
  const words = union([...turn.words].sort(byStart));
  const spans: Span[] = [];
  let { startMs } = whole;
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (next === undefined || next.startMs - word.endMs < silenceThresholdMs) continue;
    // Words of files from elsewhere may lie outside of their turn.
    if (word.endMs <= startMs || next.startMs >= whole.endMs) continue;
    spans.push({ startMs, endMs: word.endMs });
    startMs = next.startMs;
  }
  spans.push({ startMs, endMs: whole.endMs });
  return spans;
}

function byStart(a: Span, b: Span): number {
  return a.startMs - b.startMs || a.endMs - b.endMs;
}

function longest(spans: readonly Span[]): number {
  return spans.reduce((most, { startMs, endMs }) => Math.max(most, endMs - startMs), 0);
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

/** A stretch of speech and whose it is. */
interface Speech extends Span {
  readonly participantId: string;
}

/** Where speech of different participants crosses: the overlaps, and which of them are interruptions. Takes it in order of start. */
function crossings(spans: readonly Speech[]): { overlaps: Span[]; interruptions: Interruption[] } {
  const pieces: Span[] = [];
  const interruptions: Interruption[] = [];
  let open: Speech[] = [];
  for (const span of spans) {
    open = open.filter((other) => other.endMs > span.startMs);
    for (const other of open) {
      if (other.participantId === span.participantId) continue;
      const endMs = Math.min(other.endMs, span.endMs);
      if (endMs - span.startMs < overlapThresholdMs) continue;
      pieces.push({ startMs: span.startMs, endMs });
      // A word of agreement while the other goes on is listening, not interrupting: who breaks in has to outlast the other.
      const breaksIn =
        span.endMs > other.endMs && endMs - span.startMs >= interruptionThresholdMs && span.startMs > other.startMs;
      if (breaksIn)
        interruptions.push({
          startMs: span.startMs,
          endMs,
          byParticipantId: span.participantId,
          ofParticipantId: other.participantId,
        });
    }
    open.push(span);
  }
  return { overlaps: union(pieces), interruptions };
}
