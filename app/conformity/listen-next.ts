import type { Span } from "../conversation/conversation.ts";
import { union } from "../conversation/measures.ts";
import type { AnswerValue } from "./answer-value.ts";
import type { AnswerDoubt, DoubtReason } from "./doubt.ts";
import type { Form } from "./form.ts";
import { questionsOf } from "./form-questions.ts";
import { alternativesTo } from "./score-range.ts";
import { createPercent } from "./scoring.ts";

/*
 * Which short stretches to hear, the one first that settles most in the least time.
 *
 *   swing of an answer      points by which the score moves at most when that answer alone is otherwise; for one that is stale at
 *                           least 1, because it has to be looked at in any case
 *   worth of a reason       swing * doubt of the answer * (reason / sum of the answer's reasons), spread evenly over what there is to
 *                           hear for it
 *   clip                    what there is to hear, with 1 s before and after; joined where less than 1.5 s lie between, cut at 20 s
 *   rate                    sum of the worth within the clip / (its seconds + 2)
 *
 * Two seconds are what it takes to find oneself in a call. Clips come by rate, the highest first. What was heard already is worth
 * nothing.
 */

/** A stretch to hear, and what it settles. */
export interface Clip extends Span {
  /** Questions it tells of, the one first to which it matters most. */
  readonly questionIds: readonly string[];
  /** Expected points of the score that it settles, to two digits. */
  readonly worth: number;
  /** Worth for each second it takes. */
  readonly rate: number;
  /** Why to hear it, for people. */
  readonly reasons: readonly string[];
}

/** Sound before and after what is meant, milliseconds. */
export const clipMarginMs = 1_000;
/** Longest clip, milliseconds. */
export const longestClipMs = 20_000;
const joinedGapMs = 1_500;
const findingOneselfMs = 2_000;

/** A reason with its worth for each millisecond of what there is to hear. */
interface Pull {
  readonly questionId: string;
  readonly reason: DoubtReason;
  readonly spans: readonly Span[];
  readonly worthPerMs: number;
}

/**
 * Which stretches to hear next.
 *
 * @param heard what was played already.
 */
export function listenNext(
  form: Form,
  values: ReadonlyMap<string, AnswerValue>,
  doubts: readonly AnswerDoubt[],
  durationMs: number,
  heard: readonly Span[] = [],
): Clip[] {
  const known = union([...heard].sort((a, b) => a.startMs - b.startMs));
  const pulls = pullsOf(form, values, doubts).map((pull) => ({ ...pull, spans: without(pull.spans, known) }));
  const places = pulls.flatMap(({ spans }) => spans);
  return clipsAround(places, durationMs)
    .flatMap((span): Clip[] => {
      const told = pulls
        .map((pull) => ({ ...pull, worth: pull.worthPerMs * sharedMs(pull.spans, span) }))
        .filter(({ worth }) => worth > 0)
        .sort((a, b) => b.worth - a.worth || (a.questionId < b.questionId ? -1 : 1));
      const worth = told.reduce((sum, one) => sum + one.worth, 0);
      if (worth < 0.005) return [];
      const seconds = (span.endMs - span.startMs + findingOneselfMs) / 1_000;
      return [
        {
          ...span,
          questionIds: [...new Set(told.map(({ questionId }) => questionId))],
          worth: Math.round(worth * 100) / 100,
          rate: Math.round((worth / seconds) * 1_000) / 1_000,
          reasons: [...new Set(told.map(({ reason }) => reason.text))],
        },
      ];
    })
    .sort((a, b) => b.rate - a.rate || a.startMs - b.startMs);
}

function pullsOf(form: Form, values: ReadonlyMap<string, AnswerValue>, doubts: readonly AnswerDoubt[]): Pull[] {
  const score = createPercent(form);
  const now = score(values) ?? 0;
  const questions = new Map(questionsOf(form).map(({ question }) => [question.id, question]));
  return doubts.flatMap(({ questionId, amount, reasons }): Pull[] => {
    const question = questions.get(questionId);
    const value = values.get(questionId);
    if (question === undefined || value === undefined || amount === 0) return [];
    const swing = alternativesTo(question, value).reduce(
      (most, other) => {
        const then = score(new Map(values).set(questionId, other)) ?? 0;
        return Math.max(most, Math.abs(then - now));
      },
      reasons.some(({ kind }) => kind === "stale") ? 1 : 0,
    );
    const total = reasons.reduce((sum, reason) => sum + reason.amount, 0);
    return reasons.flatMap((reason): Pull[] => {
      const spans = union([...reason.spans].sort((a, b) => a.startMs - b.startMs));
      const length = spans.reduce((sum, span) => sum + span.endMs - span.startMs, 0);
      if (length === 0 || swing === 0) return [];
      return [{ questionId, reason, spans, worthPerMs: (swing * amount * (reason.amount / total)) / length }];
    });
  });
}

/** Spans with sound around them, joined where they lie near, cut where they are long. */
function clipsAround(spans: readonly Span[], durationMs: number): Span[] {
  const wide = spans
    .map(({ startMs, endMs }) => ({ startMs: startMs - clipMarginMs, endMs: endMs + clipMarginMs + joinedGapMs }))
    .sort((a, b) => a.startMs - b.startMs);
  return union(wide).flatMap(({ startMs, endMs }) => {
    const from = Math.max(0, startMs);
    const to = Math.min(durationMs, endMs - joinedGapMs);
    const count = Math.max(1, Math.ceil((to - from) / longestClipMs));
    return Array.from({ length: count }, (_, index) => ({
      startMs: Math.round(from + ((to - from) * index) / count),
      endMs: Math.round(from + ((to - from) * (index + 1)) / count),
    }));
  });
}

/** What spans have besides others, both in order and joined. */
function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  return spans.flatMap((span) => {
    let left: Span[] = [span];
    for (const other of others) {
      left = left.flatMap(({ startMs, endMs }) =>
        other.endMs <= startMs || other.startMs >= endMs
          ? [{ startMs, endMs }]
          : [
              { startMs, endMs: other.startMs },
              { startMs: other.endMs, endMs },
            ].filter((part) => part.endMs > part.startMs),
      );
    }
    return left;
  });
}

/** How much of a stretch lies in spans that stand in order and do not meet. */
function sharedMs(spans: readonly Span[], { startMs, endMs }: Span): number {
  let [from, to] = [0, spans.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((spans[middle]?.endMs ?? 0) <= startMs) from = middle + 1;
    else to = middle;
  }
  let shared = 0;
  for (let index = from; index < spans.length; index++) {
    const span = spans[index];
    if (span === undefined || span.startMs >= endMs) break;
    shared += Math.min(endMs, span.endMs) - Math.max(startMs, span.startMs);
  }
  return shared;
}
