import { assertNever } from "../assert-never.ts";
import { type AnswerValue, choice, fitsQuestion, sameValue, valueText } from "./answer-value.ts";
import { type AnswerDoubt, type DoubtReason, doubtfulAnswer } from "./doubt.ts";
import type { Form, Question } from "./form.ts";
import { optionsOf, questionsOf } from "./form-questions.ts";
import { createPercent } from "./scoring.ts";
import type { WhatIf } from "./supposition.ts";

/*
 * Between which scores the truth lies, should doubtful answers be otherwise: the lowest and the highest score over every way to
 * change answers whose doubt is 0.3 or more; those that hang on the same turns change together. With more than 512 ways they are climbed instead, one change after another, each the
 * one that moves the score most; then `exact` is false. The score as it stands is one of the ways, so the range contains it.
 */

/** A doubtful answer taken the other way. */
export interface Flip {
  readonly questionId: string;
  /** Null where there is no answer. */
  readonly from: AnswerValue | null;
  readonly to: AnswerValue | null;
  /** The strongest reason for the doubt. */
  readonly reason: DoubtReason | null;
}

/** Between which scores the truth lies. */
export interface ScoreRange {
  /** As it stands; null where nothing is scored. */
  readonly percent: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  /** The fewest changes that give the lowest score, and the highest; empty where none do. */
  readonly low: readonly Flip[];
  readonly high: readonly Flip[];
  readonly exact: boolean;
  /** "92; if turns 14 to 16 are the customer's, 78". */
  readonly sentence: string;
}

/** Most ways that are all tried: what a page can wait for. */
export const mostWays = 512;

/** Other answers to a question than this one that matter for the score; empty where none are known (a text, a date). */
export function alternativesTo(question: Question, value: AnswerValue): AnswerValue[] {
  switch (question.type) {
    case "yes-no":
    case "single":
      return optionsOf(question)
        .map(({ id }) => choice(id))
        .filter((other) => !sameValue(other, value));
    case "multiple": {
      const chosen = value.kind === "choice" ? value.options : [];
      return optionsOf(question).flatMap(({ id }) => {
        const toggled = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
        return toggled.length === 0 ? [] : [choice(...toggled)];
      });
    }
    case "numeric": {
      // One number of each range stands for all in it.
      const numbers = question.ranges.flatMap(({ from, to }) => from ?? to ?? []);
      return [...new Set(numbers)]
        .map((number): AnswerValue => ({ kind: "number", number }))
        .filter((other) => !sameValue(other, value) && fitsQuestion(question, other));
    }
    case "text":
    case "date":
      return [];
    default:
      return assertNever(question);
  }
}

/**
 * Between which scores the truth lies, given the answers and how much each is in doubt.
 *
 * @param followed what the rules would answer if doubtful turns were another's: such answers change together or not at all.
 */
export function scoreRange(
  form: Form,
  values: ReadonlyMap<string, AnswerValue>,
  doubts: readonly AnswerDoubt[],
  followed: readonly WhatIf[] = [],
): ScoreRange {
  const percentOf = createPercent(form);
  const of = (way: Way): number | null => percentOf(applied(values, way));
  const percent = percentOf(values);
  const units = unitsOf(form, values, doubts, followed);
  const ways = units.reduce((count, { changes }) => count * (changes.length + 1), 1);
  const exact = ways <= mostWays;
  let low: End = { percent, way: new Map() };
  let high = low;
  const consider = (way: Way): void => {
    const reached = of(way);
    if (reached === null) return;
    if (low.percent === null || reached < low.percent) low = { percent: reached, way };
    if (high.percent === null || reached > high.percent) high = { percent: reached, way };
  };
  if (exact) everyWay(units, new Map(), consider);
  else for (const end of [() => low.way, () => high.way]) climb(units, end, consider);
  low = withoutIdle(low, of);
  high = withoutIdle(high, of);
  const range = { percent, lowest: low.percent, highest: high.percent, exact };
  const parts = percent === null ? ["Not scored yet"] : [scoreText(percent)];
  if (percent !== null && low.percent !== null && low.percent < percent) {
    parts.push(`if ${supposing(low.way)}, ${scoreText(low.percent)}`);
  }
  if (percent !== null && high.percent !== null && high.percent > percent) {
    parts.push(`if ${supposing(high.way)}, ${scoreText(high.percent)}`);
  }
  return { ...range, low: flipsOf(low.way, values), high: flipsOf(high.way, values), sentence: parts.join("; ") };
}

type Changes = ReadonlyMap<string, AnswerValue | null>;

/** Something that may be otherwise: one answer, or all answers that hang on the same turns. */
interface Unit {
  readonly supposing: string;
  readonly reason: DoubtReason | null;
  /** The ways in which it may be otherwise. */
  readonly changes: readonly Changes[];
}

/** What is otherwise, and in which of its ways. */
type Way = ReadonlyMap<Unit, Changes>;

interface End {
  readonly percent: number | null;
  readonly way: Way;
}

/** Without what could as well have stayed: that is no reason for the score. */
function withoutIdle({ percent, way }: End, of: (way: Way) => number | null): End {
  let least = way;
  for (const unit of way.keys()) {
    const back = new Map(least);
    back.delete(unit);
    if (of(back) === percent) least = back;
  }
  return { percent, way: least };
}

function unitsOf(
  form: Form,
  values: ReadonlyMap<string, AnswerValue>,
  doubts: readonly AnswerDoubt[],
  followed: readonly WhatIf[],
): Unit[] {
  const byId = new Map(doubts.map((doubt) => [doubt.questionId, doubt]));
  const together = followed.flatMap(({ supposing: text, text: told, doubt, spans, changes }): Unit[] => {
    // A person's answer, and one that is not asked, does not hang on a rule.
    const hanging = [...changes].filter(([id]) => byId.get(id)?.reasons.some((one) => one.supposing === text) === true);
    if (doubt < doubtfulAnswer || hanging.length === 0) return [];
    const reason = { kind: "speaker" as const, amount: doubt, text: told, supposing: text, spans };
    return [{ supposing: text, reason, changes: [new Map(hanging)] }];
  });
  const taken = new Set(followed.map((one) => one.supposing));
  const alone = questionsOf(form).flatMap(({ question }): Unit[] => {
    const value = values.get(question.id);
    const doubt = byId.get(question.id);
    if (value === undefined || doubt === undefined) return [];
    const own = doubt.reasons.filter((one) => !taken.has(one.supposing));
    const amount = own.length === doubt.reasons.length ? doubt.amount : 1 - own.reduce((sure, one) => sure * (1 - one.amount), 1);
    const changes = alternativesTo(question, value).map((other) => new Map([[question.id, other]]));
    if (amount < doubtfulAnswer || changes.length === 0) return [];
    const reason = own[0] ?? null;
    return [
      {
        supposing: reason?.supposing ?? `“${question.ask}” is answered otherwise than ${valueText(question, value)}`,
        reason,
        changes,
      },
    ];
  });
  return [...together, ...alone];
}

function applied(values: ReadonlyMap<string, AnswerValue>, way: Way): ReadonlyMap<string, AnswerValue> {
  if (way.size === 0) return values;
  const changed = new Map(values);
  for (const changes of way.values()) {
    for (const [id, value] of changes) {
      if (value === null) changed.delete(id);
      else changed.set(id, value);
    }
  }
  return changed;
}

function everyWay(units: readonly Unit[], way: Way, consider: (way: Way) => void): void {
  const [first, ...rest] = units;
  if (first === undefined) {
    consider(way);
    return;
  }
  everyWay(rest, way, consider);
  for (const changes of first.changes) everyWay(rest, new Map(way).set(first, changes), consider);
}

function climb(units: readonly Unit[], best: () => Way, consider: (way: Way) => void): void {
  // Each round changes one thing for good; there are no more rounds than things.
  for (let round = 0; round < units.length; round++) {
    const from = best();
    for (const unit of units) {
      const back = new Map(from);
      if (back.delete(unit)) consider(back);
      for (const changes of unit.changes) consider(new Map(from).set(unit, changes));
    }
    if (best() === from) return;
  }
}

function flipsOf(way: Way, values: ReadonlyMap<string, AnswerValue>): Flip[] {
  const now = applied(values, way);
  return [...way].flatMap(([{ reason }, changes]) =>
    [...changes.keys()].flatMap((questionId): Flip[] => {
      const from = values.get(questionId) ?? null;
      const to = now.get(questionId) ?? null;
      return sameValue(from, to) ? [] : [{ questionId, from, to, reason }];
    }),
  );
}

function supposing(way: Way): string {
  const once = [...new Set([...way.keys()].map((unit) => unit.supposing))];
  if (once.length <= 2) return once.join(" and ");
  return `${once.slice(0, 2).join(", ")} and ${once.length - 2} more ${once.length === 3 ? "doubt goes" : "doubts go"} the other way`;
}

/** A score as people read it: "92", "92.5". */
export function scoreText(percent: number): string {
  return String(Math.round(percent * 10) / 10);
}
