import type { Conversation, SoundKind, Span } from "../../../app/conversation/conversation.ts";
import { complement, silenceThresholdMs, union } from "../../../app/conversation/measures.ts";

/** What is to be heard, or not, where nobody of the two sides speaks. */
export const soundedKinds = ["ivr", "ring", "dtmf", "music", "tone", "dead-air"] as const;
/** What is to be heard, or not, where nobody of the two sides speaks. */
export type SoundedKind = SoundKind | "ivr" | "dead-air";

/** A stretch of a call with the name of what it is. */
export interface SoundedSpan extends Span {
  readonly kind: SoundedKind;
}

/** How often something was heard, and for how long in all. */
export interface SoundedFigure {
  readonly kind: SoundedKind;
  readonly count: number;
  readonly totalMs: number;
}

/**
 * The stretches of a call that are no talk, in order of start: what was heard beside speech, what a phone menu says, and
 * dead air, which is a silence of at least 3 s in which nothing else is to be heard either. Which keys were pressed is
 * nowhere kept. Before anybody was told apart nothing is dead air: it would be all of the call.
 */
export function soundedSpans(conversation: Pick<Conversation, "turns" | "participants" | "measures" | "sounds">): SoundedSpan[] {
  const { turns, participants, measures, sounds = [] } = conversation;
  const heard = sounds.map(({ kind, startMs, endMs }): SoundedSpan => ({ kind, startMs, endMs }));
  const menus = new Set(participants.filter(({ role }) => role === "ivr").map(({ id }) => id));
  const prompts = turns
    .filter(({ participantId }) => menus.has(participantId))
    .map(({ startMs, endMs }): SoundedSpan => ({ kind: "ivr", startMs, endMs }));
  const silences = turns.length === 0 ? [] : measures.silences;
  return [...joinedByKind(heard), ...prompts, ...deadAir(silences, heard)].sort(
    (a, b) => a.startMs - b.startMs || a.endMs - b.endMs,
  );
}

/** A ring on both channels of a call is one ring. */
function joinedByKind(spans: readonly SoundedSpan[]): SoundedSpan[] {
  return [...Map.groupBy(spans, ({ kind }) => kind)].flatMap(([kind, own]) =>
    union(own.toSorted((a, b) => a.startMs - b.startMs)).map((span) => ({ ...span, kind })),
  );
}

/** The pause between two rings, and a breath more, in ms: as long as it rings nobody waits in silence (ITU-T E.180). */
const ringPauseMs = 6_500;

/** From the first ring to the last, where none is longer in coming than a ring's pause. */
function ringing(heard: readonly SoundedSpan[]): Span[] {
  const rings = heard
    .filter(({ kind }) => kind === "ring")
    .map(({ startMs, endMs }) => ({ startMs, endMs: endMs + ringPauseMs }));
  const joined = union(rings.sort((a, b) => a.startMs - b.startMs));
  return joined.map(({ startMs, endMs }) => ({ startMs, endMs: endMs - ringPauseMs }));
}

function deadAir(silences: readonly Span[], sounds: readonly SoundedSpan[]): SoundedSpan[] {
  const heard: readonly Span[] = [...sounds, ...ringing(sounds)];
  return silences.flatMap((silence) => {
    const within = heard
      .filter(({ startMs, endMs }) => startMs < silence.endMs && endMs > silence.startMs)
      .map(({ startMs, endMs }) => ({
        startMs: Math.max(0, startMs - silence.startMs),
        endMs: Math.min(endMs, silence.endMs) - silence.startMs,
      }))
      .sort((a, b) => a.startMs - b.startMs);
    return complement(union(within), silence.endMs - silence.startMs)
      .filter(({ startMs, endMs }) => endMs - startMs >= silenceThresholdMs)
      .map(
        ({ startMs, endMs }): SoundedSpan => ({
          kind: "dead-air",
          startMs: silence.startMs + startMs,
          endMs: silence.startMs + endMs,
        }),
      );
  });
}

/** How often and how long each kind was heard, in the order of `soundedKinds`, those that were not left out. */
export function soundedFigures(spans: readonly SoundedSpan[]): SoundedFigure[] {
  return soundedKinds.flatMap((kind) => {
    const own = spans.filter((span) => span.kind === kind);
    const totalMs = union(own.toSorted((a, b) => a.startMs - b.startMs)).reduce(
      (sum, { startMs, endMs }) => sum + endMs - startMs,
      0,
    );
    return own.length === 0 ? [] : [{ kind, count: own.length, totalMs }];
  });
}
