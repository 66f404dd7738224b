import type { AnswerState } from "../../../app/conformity/answer.ts";
import { type AnswerValue, choice, notApplicableAnswer, sameValue, valueText } from "../../../app/conformity/answer-value.ts";
import type { Form, Question } from "../../../app/conformity/form.ts";
import { optionsOf, questionsOf } from "../../../app/conformity/form-questions.ts";
import type { EvaluationView, JudgedQuestionView, ShownEvidence } from "../../../app/contract/conformity-views.ts";
import type { AnchorInput } from "../../../app/conversation/anchors.ts";
import type { Span } from "../../../app/conversation/conversation.ts";
import type { Marker } from "./player-moments.ts";

/** A question as the form asks it, with what is known of it in this evaluation. */
export interface AskedQuestion {
  readonly question: Question;
  readonly judged: JudgedQuestionView;
}

/** The questions of an evaluation in the order of the form. */
export function askedOf({ evaluation, questions }: Pick<EvaluationView, "evaluation" | "questions">): AskedQuestion[] {
  const judged = new Map(questions.map((each) => [each.questionId, each]));
  return questionsOf(evaluation.form).flatMap(({ question }): AskedQuestion[] => {
    const known = judged.get(question.id);
    return known === undefined ? [] : [{ question, judged: known }];
  });
}

/** Whether a question keeps the evaluation from being submitted. */
export function isWaiting(state: AnswerState): boolean {
  return state === "unanswered" || state === "for-a-person" || state === "stale";
}

/**
 * The question after or before another one.
 *
 * @param from the id of the question where the person is; null before the first.
 * @param among which ones count; it goes around at the end where only some do.
 */
export function stepQuestion(
  questions: readonly AskedQuestion[],
  from: string | null,
  by: 1 | -1,
  among: "asked" | "waiting",
): AskedQuestion | undefined {
  const asked = questions.filter(({ judged }) => judged.state !== "not-asked");
  const at = asked.findIndex(({ question }) => question.id === from);
  if (among === "asked") {
    if (at === -1) return by === 1 ? asked[0] : asked.at(-1);
    return asked[at + by] ?? asked[at];
  }
  const start = at === -1 && by === -1 ? asked.length : at;
  for (let step = 1; step <= asked.length; step++) {
    const one = asked[(((start + by * step) % asked.length) + asked.length) % asked.length];
    if (one !== undefined && isWaiting(one.judged.state)) return one;
  }
  return undefined;
}

/** The answer that a number key stands for, from 1; null where the question has no such option. */
export function optionAt(question: Question, number: number): string | null {
  return optionsOf(question)[number - 1]?.id ?? null;
}

/** The answer "yes", "no" or "not applicable"; null where the question cannot be answered so. */
export function plainAnswer(question: Question, said: "yes" | "no" | "not-applicable"): AnswerValue | null {
  if (said === "not-applicable") return question.notApplicable ? notApplicableAnswer : null;
  return question.type === "yes-no" ? choice(said) : null;
}

/** Whether a failed answer of a question fails the form or a section. */
export function isCritical(question: Question): boolean {
  if (question.type === "numeric") return question.ranges.some(({ critical }) => critical !== undefined);
  return optionsOf(question).some(({ critical }) => critical !== undefined);
}

/** A place as it reads now, to be put under an answer again; null where it is gone. */
export function anchorOfEvidence({ wordIds, turnId, startMs, endMs, quote }: ShownEvidence): AnchorInput | null {
  if (wordIds.length > 0) return { kind: "words", wordIds };
  if (quote === null) return null;
  if (turnId !== null) return { kind: "turn", turnId };
  return { kind: "time", startMs, endMs };
}

/**
 * What a person has put under an answer besides what the machine found, to be kept when the same is answered again: the
 * machine's own evidence comes with its suggestion.
 */
export function ownEvidence({ answer, evidence, value }: JudgedQuestionView): AnchorInput[] {
  const { decision, suggestion } = answer;
  if (decision === null) return [];
  const agrees = suggestion !== null && sameValue(suggestion.value, value);
  const found: readonly Span[] = agrees ? suggestion.evidence.map(({ anchor }) => anchor) : [];
  return evidence
    .filter((one) => !found.some((other) => other.startMs < one.endMs && other.endMs > one.startMs))
    .flatMap((one) => anchorOfEvidence(one) ?? []);
}

/** What the markers say. */
export interface MarkerTexts {
  readonly answer: (of: { number: number; ask: string; value: string }) => string;
  readonly stale: (of: { number: number; ask: string }) => string;
  readonly waiting: (of: { number: number; ask: string }) => string;
}

/** Where the answers of an evaluation lie in the recording: those that rest on changed words stand among what waits. */
export function answerMarkers(view: Pick<EvaluationView, "evaluation" | "questions" | "listenNext">, say: MarkerTexts): Marker[] {
  return askedOf(view).flatMap(({ question: { id, ...question }, judged }): Marker[] => {
    const { state, number, value, evidence, stale } = judged;
    const of = { number, ask: question.ask };
    if (state === "not-asked") return [];
    const placed = evidence.map(({ startMs, endMs, turnId, wordIds }) => ({
      startMs,
      endMs,
      place: { turnIds: turnId === null ? [] : [turnId], wordIds },
    }));
    if (state === "stale") {
      const label = say.stale(of);
      const moved = stale.map(({ startMs, endMs }) => ({ startMs, endMs }));
      return [...(placed.length > 0 ? placed : moved)].map((one) => ({ kind: "unanswered", id, label, ...one }));
    }
    if (value !== null) {
      const label = say.answer({ ...of, value: valueText({ id, ...question } as Question, value) });
      return placed.map((one) => ({ kind: "answer", id, label, ...one }));
    }
    const clip = view.listenNext.find(({ questionIds }) => questionIds.includes(id));
    if (placed.length === 0 && clip === undefined) return [];
    const label = say.waiting(of);
    const where = placed.length > 0 ? placed : clip === undefined ? [] : [{ startMs: clip.startMs, endMs: clip.endMs }];
    return where.map((one) => ({ kind: "unanswered", id, label, ...one }));
  });
}

/** The titles of a form's sections by their ids, those within sections too. */
export function sectionTitles({ sections }: Pick<Form, "sections">): ReadonlyMap<string, string> {
  return new Map(sections.flatMap((one) => [one, ...one.sections]).map(({ id, title }) => [id, title]));
}
