import { type QuestionAnswer, suggestionOfRule, unanswered, withSuggestion } from "../../../app/conformity/answer.ts";
import type { Evidence, ReadRevision } from "../../../app/conformity/evidence.ts";
import type { Form, Question } from "../../../app/conformity/form.ts";
import { asksForJourney, formIsFor, questionsOf } from "../../../app/conformity/form-questions.ts";
import { type Judgement, judgeReview, type Review } from "../../../app/conformity/review.ts";
import { type AnsweringInput, answerRuleIdentity, createAnswerer, type RuleAnswer } from "../../../app/conformity/rule.ts";
import { type WhatIf, whatIfs } from "../../../app/conformity/supposition.ts";
import type { EvaluationView, JudgedQuestionView, ShownEvidence } from "../../../app/contract/conformity-views.ts";
import type { Failure } from "../../../app/contract/errors.ts";
import { anchorFinder } from "../../../app/conversation/anchors.ts";
import type { Conversation, Span } from "../../../app/conversation/conversation.ts";
import type { Category } from "../../../app/insight/rules.ts";
import { journeyAround } from "../journey/journey-steps.ts";
import { formHash } from "../store/checklists.ts";
import type { EvaluationFigures, EvaluationRecord } from "../store/evaluations.ts";
import type { Store } from "../store/store.ts";
import { noSentiments, type SentimentsOf } from "./categoriser.ts";
import { resultHash } from "./input-hash.ts";
import { revisionToRead } from "./revision.ts";

/** Raised when the same checklist would come to other figures on the same revision. */
const evaluatorVersion = 1;

/** A conversation prepared to be judged by any number of checklists. */
export interface Judging extends ReadRevision {
  /** The rules' answers to a form, put beside what is there: decisions, comments and a writer's suggestions stay. */
  readonly answerByRule: (form: Form, answers: readonly QuestionAnswer[]) => QuestionAnswer[];
  /** What answers to a form come to, and what they would if doubtful turns were another's. */
  readonly judge: (form: Form, answers: readonly QuestionAnswer[], heard: readonly Span[]) => Judgement;
  /** Names what a form's figures depend on. */
  readonly basisOf: (form: Form, formHash: string) => string;
}

/** Prepares a conversation for checklists; null where it is not there or nothing of it was heard or read. */
export function judging(store: Store, conversationId: string, sentimentsOf: SentimentsOf = noSentiments): Judging | null {
  const read = revisionToRead(store, conversationId);
  if (read === null) return null;
  const { wordsHash, revision } = read;
  const sentiments = sentimentsOf(conversationId);
  const categories = new Map(store.categories.list().map(({ category }): [string, Category] => [category.id, category]));
  let around: ReturnType<typeof journeyAround> | undefined;
  const journey = () => {
    around ??= journeyAround(store, conversationId);
    return around;
  };
  const input: AnsweringInput = { ...read, sentiments: sentiments?.byTurn() ?? null, categories, journey };
  let prepared: ReturnType<typeof createAnswerer> | undefined;
  const ask = (question: Question) => {
    // Indexing a call of hours takes a while, and most of the time everything has been answered before.
    prepared ??= createAnswerer(input);
    return prepared(question);
  };
  const basisOf = (form: Form, hash: string): string =>
    resultHash({
      evaluatorVersion,
      revision,
      wordsHash,
      formHash: hash,
      sentiments: sentiments?.name ?? null,
      ...(asksForJourney(form) ? { journey: journey()?.name ?? null } : {}),
      rules: questionsOf(form).map(({ question }) => answerRuleIdentity(question, categories)),
    });
  const known = answered.get(read.conversation.turns) ?? new Map<string, Answered>();
  answered.set(read.conversation.turns, known);
  const answersTo = (form: Form): Answered => {
    const basis = basisOf(form, formHash(form));
    const found = known.get(basis) ?? {
      answers: new Map(questionsOf(form).map(({ question }) => [question.id, ask(question)])),
      followed: whatIfs(form, input, ask),
    };
    // While a checklist is being written each of its states is another.
    if (known.size >= mostAnswered) known.clear();
    known.set(basis, found);
    return found;
  };
  return {
    ...read,
    answerByRule(form, answers) {
      const there = new Map(answers.map((one) => [one.questionId, one]));
      const byRule = answersTo(form).answers;
      return questionsOf(form).map(({ question }) => {
        const before = there.get(question.id) ?? unanswered(question.id);
        const found = byRule.get(question.id) ?? null;
        if (found === null) return before;
        const source = resultHash(answerRuleIdentity(question, categories));
        return withSuggestion(before, suggestionOfRule(found, source, read));
      });
    },
    judge: (form, answers, heard) => judgeReview({ form, answers: [...answers] }, read, heard, answersTo(form).followed),
    basisOf,
  };
}

/** What the rules of a checklist say of a revision. */
interface Answered {
  readonly answers: ReadonlyMap<string, RuleAnswer | null>;
  /** What they would say if doubtful turns were another's. */
  readonly followed: readonly WhatIf[];
}

/** Checklists whose answers are kept for a revision. */
const mostAnswered = 30;

/** By the turns of a revision, and by what else the answers depend on: rules say the same as long as nothing of that changes. */
const answered = new WeakMap<Conversation["turns"], Map<string, Answered>>();

/** The answers of an evaluation on the revision on screen: what was signed stays as it was signed. */
export function answersNow(
  judged: Judging,
  form: Form,
  { stage, answers }: Pick<EvaluationRecord, "stage" | "answers">,
): QuestionAnswer[] {
  return stage === "submitted" ? [...(answers ?? [])] : judged.answerByRule(form, answers ?? []);
}

/** What a judgement comes to in lists. */
export function figuresOf({ questions, score, range }: Judgement): EvaluationFigures {
  const count = (...states: Judgement["questions"][number]["state"][]): number =>
    questions.filter(({ state }) => states.includes(state)).length;
  return {
    percent: score.overall.percent,
    lowest: range.lowest,
    highest: range.highest,
    band: score.band,
    passed: score.passed,
    failed: score.questions.filter(({ fails }) => fails !== null).length,
    open: count("unanswered", "for-a-person"),
    stale: count("stale"),
  };
}

/**
 * Brings the evaluations of a conversation up to the revision on screen: every enabled checklist that is for it has one, those no
 * person has touched are of its latest version, and the figures of all are those of now. Answers whether something changed.
 */
export function bringEvaluations(store: Store, conversationId: string, sentimentsOf: SentimentsOf = noSentiments): boolean {
  const kind = store.conversations.get(conversationId)?.kind;
  if (kind === undefined || store.transcripts.wordsHash(conversationId) === null) return false;
  const enabled = store.checklists.list().filter((one) => one.enabled && formIsFor(one.form, { kind }));
  const there = store.evaluations.of(conversationId);
  if (enabled.length === 0 && there.length === 0) return false;
  const judged = judging(store, conversationId, sentimentsOf);
  if (judged === null) return false;
  return store.transaction(() => {
    let changed = false;
    for (const { form } of enabled) {
      const own = there.find((one) => one.formId === form.id && one.purpose === "standard");
      if (own === undefined) {
        there.push(store.evaluations.add({ conversationId, formId: form.id, formVersion: form.version, stage: "machine" }));
      }
    }
    for (const record of there) {
      const latest = record.stage === "machine" ? (enabled.find(({ form }) => form.id === record.formId) ?? null) : null;
      const version = latest ?? store.checklists.version(record.formId, record.formVersion);
      if (version === null) continue;
      const basis = judged.basisOf(version.form, version.hash);
      if (basis === record.basis) continue;
      const answers = answersNow(judged, version.form, record);
      const judgement = judged.judge(version.form, answers, store.evaluations.heard(record.id));
      store.evaluations.change(record.id, {
        basis,
        formVersion: version.form.version,
        ...figuresOf(judgement),
        // Rules answer the same whenever they are asked; what a person works on keeps them beside the decisions.
        ...(record.stage === "draft" ? { answers } : {}),
      });
      changed = true;
    }
    return changed;
  });
}

/** What a writer is doing for an evaluation. */
export interface WriterState {
  /** Questions that it is answering now. */
  readonly writing: readonly string[];
  /** Why its last attempt came to nothing. */
  readonly failure: Failure | null;
}

const noWriter: WriterState = { writing: [], failure: null };

/** An evaluation as the page shows it. */
export function evaluationView(
  store: Store,
  record: EvaluationRecord,
  sentimentsOf: SentimentsOf,
  writer: WriterState = noWriter,
): EvaluationView | null {
  const judged = judging(store, record.conversationId, sentimentsOf);
  const version = store.checklists.version(record.formId, record.formVersion);
  if (judged === null || version === null) return null;
  const { answers: _, ...evaluation } = reviewOf(record, version.form, []);
  return viewOf(evaluation, answersNow(judged, version.form, record), judged, store.evaluations.heard(record.id), writer);
}

/** The evaluation with its answers, as reports take it. */
export function reviewOf(record: EvaluationRecord, form: Form, answers: readonly QuestionAnswer[]): Review {
  const { id, conversationId, purpose, stage, evaluator, startedAt, submittedAt, comment } = record;
  return {
    id,
    conversationId,
    form,
    purpose,
    stage: stage === "machine" ? "draft" : stage,
    evaluator,
    startedAt,
    submittedAt,
    answers: [...answers],
    comment,
  };
}

/** Shows answers to a form on a revision with all that follows from them. */
export function viewOf(
  evaluation: Omit<Review, "answers">,
  answers: readonly QuestionAnswer[],
  judged: Judging,
  heard: EvaluationView["heard"],
  { writing, failure }: WriterState = noWriter,
): EvaluationView {
  const { form } = evaluation;
  const judgement = judged.judge(form, answers, heard);
  const show = evidenceShower(judged);
  const { percent, lowest, highest, exact, sentence } = judgement.range;
  return {
    evaluation,
    questions: judgement.questions.map(
      ({ question, number, kind, sectionIds, answer, value, state, stale, doubt }): JudgedQuestionView => {
        const basis = answer.decision ?? answer.suggestion;
        return {
          questionId: question.id,
          number,
          kind,
          sectionIds: [...sectionIds],
          answer: withoutHidden(answer, show),
          value,
          state,
          stale: [...stale],
          doubt: plain(doubt),
          evidence: (basis?.evidence ?? []).map(show),
        };
      },
    ),
    score: plain(judgement.score),
    range: { percent, lowest, highest, exact, sentence },
    provisional: [...judgement.provisional],
    listenNext: plain(judgement.listenNext),
    heard: [...heard],
    writing: [...writing],
    writingFailure: failure,
  };
}

/** Plain data as the contract has it: the same, without `readonly`. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;

function plain<T>(value: T): Plain<T> {
  return value as Plain<T>;
}

/** Says of evidence where it lies on this revision and what stands there. */
export function evidenceShower({ conversation, wordsHash }: ReadRevision): (evidence: Evidence) => ShownEvidence {
  const find = anchorFinder(conversation, wordsHash);
  const turns = new Map(conversation.turns.map((turn) => [turn.id, turn]));
  const roles = new Map(conversation.participants.map(({ id, role }) => [id, role]));
  return (evidence) => {
    const { startMs, endMs, turnIds, wordIds, quote, text, state } = find(evidence.anchor);
    const turn = turns.get(turnIds[0] ?? "");
    return {
      evidence: quote === null ? { ...evidence, anchor: { ...evidence.anchor, quote: "" } } : evidence,
      startMs,
      endMs,
      turnId: turn?.id ?? null,
      wordIds,
      quote: quote === null || state === "gone" ? null : text,
      role: turn === undefined ? null : (roles.get(turn.participantId) ?? "other"),
    };
  };
}

/** The answer without words that have been hidden since. */
function withoutHidden(answer: QuestionAnswer, show: (evidence: Evidence) => ShownEvidence): QuestionAnswer {
  const clean = <T extends { evidence: Evidence[] }>(one: T): T => ({
    ...one,
    evidence: one.evidence.map((each) => show(each).evidence),
  });
  const { suggestion, decision, earlier } = answer;
  return {
    ...answer,
    suggestion: suggestion === null ? null : clean(suggestion),
    decision: decision === null ? null : clean(decision),
    earlier: earlier.map(clean),
  };
}
