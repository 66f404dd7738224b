import type { Conversation, Span, Turn } from "./conversation.ts";
import { silenceThresholdMs, speechOf, union } from "./measures.ts";

/** One participant answering another. */
export interface Response {
  readonly turnId: string;
  readonly byParticipantId: string;
  readonly toParticipantId: string;
  /** When the answer begins. */
  readonly atMs: number;
  /** How long it was waited for, in milliseconds. */
  readonly afterMs: number;
}

/**
 * Who answered whom, and after how long. In a call the time runs from the end of what the other said, and whoever begins
 * before that has interrupted, not answered. In a chat it runs from the first message that was not answered yet: that is
 * how long the other has waited.
 */
export function responses({ turns, kind }: Pick<Conversation, "turns" | "kind">): Response[] {
  const found: Response[] = [];
  let since: Turn | undefined;
  let endMs = 0;
  for (const turn of turns) {
    if (since !== undefined && since.participantId !== turn.participantId) {
      const afterMs = turn.startMs - (kind === "chat" ? since.startMs : endMs);
      if (afterMs >= 0)
        found.push({
          turnId: turn.id,
          byParticipantId: turn.participantId,
          toParticipantId: since.participantId,
          atMs: turn.startMs,
          afterMs,
        });
    }
    if (since?.participantId !== turn.participantId) since = turn;
    endMs = Math.max(endMs, turn.endMs);
  }
  return found;
}

/** The times to answer of one participant. */
export interface ResponseMeasures {
  readonly participantId: string;
  readonly count: number;
  readonly medianMs: number;
  readonly averageMs: number;
  readonly longest: Response;
}

/** The times to answer of each participant that answered, in order of first answer. */
export function responseMeasures(all: readonly Response[]): ResponseMeasures[] {
  return [...Map.groupBy(all, (each) => each.byParticipantId)].flatMap(([participantId, own]) => {
    const times = own.map((each) => each.afterMs).sort((a, b) => a - b);
    const longest = own.reduce((most, each) => (each.afterMs > most.afterMs ? each : most));
    const middle = times.length >> 1;
    const high = times[middle] ?? 0;
    const medianMs = Math.round(times.length % 2 === 1 ? high : ((times[middle - 1] ?? 0) + high) / 2);
    const averageMs = Math.round(times.reduce((sum, each) => sum + each, 0) / times.length);
    return [{ participantId, count: own.length, medianMs, averageMs, longest }];
  });
}

/** How long somebody goes on alone. */
export interface Monologue extends Span {
  readonly participantId: string;
}

/** The longest stretch of each participant in which nobody else speaks and no silence falls, in order of participants as they speak first. */
export function longestMonologues(turns: readonly Turn[], durationMs: number): Monologue[] {
  const longest = new Map<string, Monologue>();
  let run: { participantId: string; startMs: number; endMs: number } | null = null;
  for (const turn of turns) {
    for (const { startMs, endMs } of speechOf(turn, durationMs)) {
      const goesOn: boolean =
        run !== null && run.participantId === turn.participantId && startMs - run.endMs < silenceThresholdMs;
      if (run !== null && goesOn) run.endMs = Math.max(run.endMs, endMs);
      else run = { participantId: turn.participantId, startMs, endMs };
      const most = longest.get(turn.participantId);
      if (most === undefined || run.endMs - run.startMs > most.endMs - most.startMs) longest.set(turn.participantId, { ...run });
    }
  }
  return [...longest.values()];
}

/** How fast each participant speaks in one stretch of a call. */
export interface PacePoint extends Span {
  /** Words per minute of the participant's own talk time in it, by participant id; absent where there is too little talk to say. */
  readonly wordsPerMinute: ReadonlyMap<string, number>;
}

/** Steps that the pace of a call can be shown in, in milliseconds. */
const paceSteps = [10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000];
/** Into how many stretches a call is parted at most. */
const mostPoints = 30;
/** Talk in a stretch below which a pace says nothing, in milliseconds. */
const leastTalkMs = 2_000;

/** The step in which the pace of a call is shown, in milliseconds: the shortest that gives at most 30 stretches. */
export function paceStep(durationMs: number): number {
  return paceSteps.find((step) => durationMs / step <= mostPoints) ?? Math.ceil(durationMs / mostPoints);
}

/**
 * Words per minute over time: the words whose middle lies in a stretch, over the participant's talk time in it. A turn
 * without word times has its words spread evenly over it; one without words counts as no talk, since its words are not known.
 */
export function paceOverTime(turns: readonly Turn[], durationMs: number, stepMs = paceStep(durationMs)): PacePoint[] {
  const count = Math.ceil(durationMs / stepMs);
  const words = new Map<string, Float64Array>();
  const spans = new Map<string, Span[]>();
  const row = (participantId: string) => {
    const known = words.get(participantId) ?? new Float64Array(count);
    words.set(participantId, known);
    return known;
  };
  const put = (into: Float64Array, atMs: number) => {
    const bin = Math.min(count - 1, Math.floor(atMs / stepMs));
    if (bin >= 0) into[bin] = (into[bin] ?? 0) + 1;
  };
  for (const turn of turns) {
    const { participantId, startMs, endMs } = turn;
    const spoken = turn.words.length > 0 ? [] : turn.text.split(/\s+/u).filter((word) => word !== "");
    if (turn.words.length + spoken.length === 0) continue;
    const into = row(participantId);
    for (const word of turn.words) put(into, (word.startMs + word.endMs) / 2);
    for (const index of spoken.keys()) put(into, startMs + ((index + 0.5) / spoken.length) * (endMs - startMs));
    const known = spans.get(participantId) ?? [];
    spans.set(participantId, known);
    known.push(...speechOf(turn, durationMs));
  }
  const talk = new Map(
    [...spans].map(([id, own]) => [id, union(own.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs))]),
  );
  return Array.from({ length: count }, (_, index) => {
    const startMs = index * stepMs;
    const endMs = Math.min(durationMs, startMs + stepMs);
    const wordsPerMinute = new Map<string, number>();
    for (const [id, own] of words) {
      const talkMs = (talk.get(id) ?? []).reduce(
        (sum, span) => sum + Math.max(0, Math.min(span.endMs, endMs) - Math.max(span.startMs, startMs)),
        0,
      );
      if (talkMs >= leastTalkMs) wordsPerMinute.set(id, Math.round(((own[index] ?? 0) * 60_000) / talkMs));
    }
    return { startMs, endMs, wordsPerMinute };
  });
}
