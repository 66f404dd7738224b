import type { Conversation, Span, Turn } from "../conversation/conversation.ts";
import type { QuestionAnswer } from "./answer.ts";
import type { Staleness } from "./evidence.ts";
import { type Absence, clock, type Evidence, hasDoubtfulSpeaker, isDoubtful, roleOfTurn, turnsWithin } from "./evidence.ts";

import { doubtfulTurns, otherRole, supposingText, type WhatIf } from "./supposition.ts";

/*
 * How much an answer is in doubt, from 0 to 1, by what it rests on:
 *
 *   words      1 - the least confidence of a word under it; at least 0.8 where the recogniser was seen to err there
 *   speaker    1 - (confidence of the turn's speaker) * (confidence of that speaker's role), of the turn where that is least
 *   overlap    half the share of the evidence's time in which two speak at once
 *   searched   of an absence, the share of searched words in doubt, and of turns whose speaker is, whichever is more
 *   writer     1 - the confidence that a writer gives itself
 *   stale      1
 *
 * A reason below 0.25 is the ordinary noise of recognition and does not count. The others are taken as independent of one another:
 * doubt = 1 - product(1 - reason). A person's decision settles all of them but the last: somebody has looked and listened.
 */

/** Why an answer is in doubt, how much, and what one would have to hear to know. */
export interface DoubtReason {
  readonly kind: "words" | "speaker" | "overlap" | "searched" | "writer" | "stale";
  /** 0 to 1. */
  readonly amount: number;
  /** For people: "turn 14 may be the customer's". */
  readonly text: string;
  /** For people, as what would have to be so: "turns 14 to 16 are the customer's". */
  readonly supposing: string;
  /** What settles it when heard, in order of time; empty where no listening does. */
  readonly spans: readonly Span[];
}

/** How much an answer is in doubt, and why, the strongest reason first. */
export interface AnswerDoubt {
  readonly questionId: string;
  /** 0 to 1. */
  readonly amount: number;
  readonly reasons: readonly DoubtReason[];
}

/** Reasons below this are the ordinary noise of recognition: they do not count. */
export const leastReason = 0.25;
/** From here on an answer might be otherwise: the score's range allows for it. */
export const doubtfulAnswer = 0.3;

/**
 * How much an answer is in doubt on this revision.
 *
 * @param followed what the rules would answer if doubtful turns were another's; null where nobody has asked.
 */
export function doubtOf(
  answer: QuestionAnswer,
  conversation: Conversation,
  stale: readonly Staleness[],
  followed: readonly WhatIf[] | null = null,
): AnswerDoubt {
  const { questionId, decision, suggestion } = answer;
  const reasons: DoubtReason[] = [];
  if (stale.length > 0) reasons.push(ofStale(stale));
  if (decision === null && suggestion !== null && suggestion.value !== null) {
    // Where the rules were asked again, whether it hangs on a speaker is known and need not be guessed.
    const known = suggestion.by === "rule" ? followed : null;
    const guessed = [
      ...ofEvidence(suggestion.evidence, conversation),
      ...ofAbsences(suggestion.searched, conversation, known !== null),
    ];
    reasons.push(...guessed.filter(({ kind }) => known === null || kind !== "speaker"));
    for (const { changes, doubt, text, supposing, spans } of known ?? []) {
      if (changes.has(questionId)) reasons.push({ kind: "speaker", amount: doubt, text, supposing, spans });
    }
    const { confidence } = suggestion;
    if (confidence !== null) {
      const spans = suggestion.evidence.map(({ anchor: { startMs, endMs } }) => ({ startMs, endMs }));
      const percent = Math.round(confidence * 100);
      reasons.push({
        kind: "writer",
        amount: 1 - confidence,
        text: `the writer is ${percent}% sure`,
        supposing: "the writer is mistaken",
        spans,
      });
    }
  }
  const told = reasons.filter(({ amount }) => amount >= leastReason).sort((a, b) => b.amount - a.amount);
  const amount = 1 - told.reduce((sure, reason) => sure * (1 - reason.amount), 1);
  return { questionId, amount: Math.round(amount * 1_000) / 1_000, reasons: told };
}

function ofStale(stale: readonly Staleness[]): DoubtReason {
  const [first] = stale;
  return {
    kind: "stale",
    amount: 1,
    text: first?.reason.replace(/\.$/u, "") ?? "",
    supposing: `what has changed at ${clock(first?.startMs ?? 0)} decides otherwise`,
    spans: inOrder(stale.map(({ startMs, endMs }) => ({ startMs, endMs }))),
  };
}

function ofEvidence(evidence: readonly Evidence[], conversation: Conversation): DoubtReason[] {
  if (evidence.length === 0) return [];
  // Where several places say the same, the surest of them carries the answer: "I am sorry" said twice was said.
  const weighed = evidence.map((one) => reasonsOf(one, conversation));
  const sure = (reasons: readonly DoubtReason[]): number => reasons.reduce((left, { amount }) => left * (1 - amount), 1);
  const quotes = new Set(evidence.map(({ anchor, stance }) => `${stance} ${anchor.quote.toLowerCase()}`));
  if (quotes.size === 1) return weighed.reduce((best, reasons) => (sure(reasons) > sure(best) ? reasons : best));
  return strongest(weighed.flat());
}

/** Of each kind the strongest reason: two doubtful words are no surer together. */
function strongest(reasons: readonly DoubtReason[]): DoubtReason[] {
  const kinds = new Map<DoubtReason["kind"], DoubtReason>();
  for (const reason of reasons) {
    const known = kinds.get(reason.kind);
    if (known === undefined || reason.amount > known.amount) kinds.set(reason.kind, reason);
  }
  return [...kinds.values()];
}

function reasonsOf({ anchor, chars }: Evidence, conversation: Conversation): DoubtReason[] {
  if (anchor.kind === "time") return [];
  const ids = new Set(anchor.wordIds);
  const within = turnsWithin(conversation, anchor).filter(
    ({ turn }) => turn.id === anchor.turnId || turn.words.some(({ id }) => ids.has(id)),
  );
  const span = { startMs: anchor.startMs, endMs: anchor.endMs };
  const reasons: DoubtReason[] = [];
  const words = within.flatMap(({ turn }) => turn.words.filter(({ id }) => ids.has(id)));
  const least = words.reduce((most, word) => Math.max(most, wordDoubt(word)), 0);
  if (least > 0 && chars === null) {
    const doubted = words.filter((word) => wordDoubt(word) === least);
    const place = doubted[0] ?? span;
    reasons.push({
      kind: "words",
      amount: least,
      text: `“${doubted[0]?.text ?? ""}” at ${clock(place.startMs)} was heard with doubt`,
      supposing: `the words at ${clock(place.startMs)} were heard wrongly`,
      spans: [span],
    });
  }
  const speaker = within.map(({ turn, number }) => ({ turn, number, doubt: speakerDoubt(conversation, turn) }));
  const worst = speaker.reduce<(typeof speaker)[number] | null>(
    (most, one) => (most === null || one.doubt > most.doubt ? one : most),
    null,
  );
  if (worst !== null && worst.doubt > 0) reasons.push(ofSpeaker(worst, conversation));
  const length = span.endMs - span.startMs;
  const over = conversation.measures.overlaps.reduce(
    (sum, { startMs, endMs }) => sum + Math.max(0, Math.min(endMs, span.endMs) - Math.max(startMs, span.startMs)),
    0,
  );
  if (length > 0 && over > 0) {
    reasons.push({
      kind: "overlap",
      amount: Math.min(0.5, (0.5 * over) / length),
      text: `two speak at once at ${clock(span.startMs)}`,
      supposing: `the words at ${clock(span.startMs)} were another's`,
      spans: [span],
    });
  }
  return reasons;
}

function wordDoubt(word: Turn["words"][number]): number {
  if (word.review !== undefined) return 0;
  const unsure = word.confidence === null ? 0 : 1 - word.confidence;
  return word.doubt === undefined ? unsure : Math.max(0.8, unsure);
}

function speakerDoubt({ participants }: Conversation, { participantId, speakerConfidence }: Turn): number {
  const role = participants.find(({ id }) => id === participantId)?.roleConfidence ?? 1;
  return 1 - (speakerConfidence ?? 1) * role;
}

/** The doubt about a turn's speaker, told together with the doubtful turns of the same speaker beside it. */
function ofSpeaker(
  { turn, number, doubt }: { turn: Turn; number: number; doubt: number },
  conversation: Conversation,
): DoubtReason {
  // The doubtful turns that it stands among are told together: what is in doubt is who says which of them.
  const stretch = doubtfulTurns(conversation).find(({ turns }) => turns.includes(turn));
  const other = otherRole(roleOfTurn(conversation, turn));
  const { first, last, turns } = stretch ?? { first: number, last: number, turns: [turn] };
  const supposing = supposingText({ first, last, other });
  return {
    kind: "speaker",
    amount: doubt,
    text: supposing.replace(/ (is|are) /u, " may be "),
    supposing,
    spans: turns.map(({ startMs, endMs }) => ({ startMs, endMs })),
  };
}

function ofAbsences(searched: readonly Absence[], conversation: Conversation, speakersKnown: boolean): DoubtReason[] {
  const reasons = searched.map((absence): DoubtReason => {
    const inTime = turnsWithin(conversation, absence);
    const own = inTime.filter(({ turn }) => absence.role === null || roleOfTurn(conversation, turn) === absence.role);
    const words = own.flatMap(({ turn }) =>
      turn.words.filter(({ startMs }) => startMs >= absence.startMs && startMs <= absence.endMs),
    );
    const doubtful = words.filter(isDoubtful);
    // Whose a turn is matters only where one was looked for.
    const turns = absence.role === null || speakersKnown ? [] : inTime.filter(({ turn }) => hasDoubtfulSpeaker(turn));
    const wordShare = words.length === 0 ? 0 : doubtful.length / words.length;
    const turnShare = inTime.length === 0 ? 0 : turns.length / inTime.length;
    const spans = inOrder([
      ...doubtful.map(({ startMs, endMs }) => ({ startMs, endMs })),
      ...turns.map(({ turn: { startMs, endMs } }) => ({ startMs, endMs })),
    ]);
    const parts = [
      doubtful.length === 0 ? "" : `${doubtful.length} of ${words.length} words`,
      turns.length === 0 ? "" : `the speaker of ${turns.length} of ${inTime.length} turns`,
    ].filter((part) => part !== "");
    return {
      kind: "searched",
      amount: Math.max(wordShare, turnShare),
      text: `of what was searched, ${parts.join(" and ")} ${doubtful.length + turns.length === 1 ? "is" : "are"} in doubt`,
      supposing: `it was said among the words in doubt between ${clock(absence.startMs)} and ${clock(absence.endMs)}`,
      spans,
    };
  });
  return strongest(reasons.filter(({ amount }) => amount > 0));
}

function inOrder(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}
