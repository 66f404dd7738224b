import type { Span, Turn } from "../conversation/conversation.ts";
import { complement, union } from "../conversation/measures.ts";

/*
 * Who an agent may be, by the voices of earlier calls. Only a proposal, shown beside the voice until a person says so:
 * names that a file or a person gives are never touched, and proposed names never name others.
 */

/** The print of an agent's voice in one call, and the name that call gives the agent; null where it gives none. */
export interface RememberedVoice {
  readonly conversationId: string;
  readonly name: string | null;
  /** Catalogue id of the model that made it. */
  readonly model: string;
  /** Speech it was made from, in seconds. */
  readonly seconds: number;
  /** Length one. */
  readonly print: Float32Array;
}

/** Who a voice sounds like. */
export interface ProposedName {
  readonly name: string;
  /** 0.5 at the likeness from which voices may be one person's, towards 1 as they become the same and nobody else comes near. */
  readonly confidence: number;
  /** Earlier calls that the voice was heard in under the name. */
  readonly calls: number;
}

/** The next likeliest name has to be less alike by at least this, in cosine. */
const leastMargin = 0.04;

/**
 * The name that a voice sounds like; null where none is near enough, or two are. Each name's voice is the mean of its
 * prints, those of more speech counting more. The call itself is no evidence of its own voice.
 *
 * @param leastLikeness cosine from which prints of the model may be of one person.
 */
export function proposeName(
  voice: RememberedVoice,
  remembered: readonly RememberedVoice[],
  leastLikeness: number,
): ProposedName | null {
  const others = remembered.filter(
    (one) => one.model === voice.model && one.name !== null && one.conversationId !== voice.conversationId,
  );
  const likenesses = [...Map.groupBy(others, (one) => one.name ?? "")]
    .map(([name, prints]) => ({ name, calls: prints.length, likeness: cosine(voice.print, meanPrint(prints)) }))
    .sort((a, b) => b.likeness - a.likeness);
  const [best, second] = likenesses;
  if (best === undefined || best.likeness < leastLikeness) return null;
  const margin = best.likeness - (second?.likeness ?? -1);
  if (margin < leastMargin) return null;
  const near = (best.likeness - leastLikeness) / Math.max(1e-6, 1 - leastLikeness);
  const apart = Math.min(1, margin / (4 * leastMargin));
  const confidence = 0.5 + 0.5 * Math.min(1, Math.max(0, near)) * apart;
  return { name: best.name, calls: best.calls, confidence };
}

/** Where one participant speaks and nobody else does, in order: what a print of the voice is made from. */
export function spansAlone(turns: readonly Turn[], participantId: string, durationMs: number): Span[] {
  const inOrder = (own: boolean) =>
    union(
      turns
        .filter((turn) => (turn.participantId === participantId) === own && turn.endMs > turn.startMs)
        .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, durationMs) }))
        .sort((a, b) => a.startMs - b.startMs),
    );
  const free = complement(inOrder(false), durationMs);
  return inOrder(true).flatMap((span) =>
    free
      .filter(({ startMs, endMs }) => startMs < span.endMs && endMs > span.startMs)
      .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, span.startMs), endMs: Math.min(endMs, span.endMs) })),
  );
}

function meanPrint(prints: readonly RememberedVoice[]): Float32Array {
  const sum = new Float32Array(prints[0]?.print.length ?? 0);
  for (const { print, seconds } of prints) {
    for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + seconds * (print[at] ?? 0);
  }
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  return length === 0 ? sum : sum.map((value) => value / length);
}

function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
