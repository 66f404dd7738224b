import { z } from "zod";
import type { Span } from "../conversation/conversation.ts";
import {
  type AnswerState,
  countingValue,
  type QuestionAnswer,
  questionAnswerSchema,
  stalenessOf,
  stateOf,
  unanswered,
} from "./answer.ts";
import { type AnswerValue, fittingValues } from "./answer-value.ts";
import { type AnswerDoubt, doubtOf } from "./doubt.ts";
import { type ReadRevision, type Staleness, stalenessFinder } from "./evidence.ts";
import { formSchema } from "./form.ts";
import { askedQuestions, type PlacedQuestion, questionsOf } from "./form-questions.ts";
import { type Clip, listenNext } from "./listen-next.ts";
import { type ScoreRange, scoreRange } from "./score-range.ts";
import { createScorer, type FormScore } from "./scoring.ts";
import type { WhatIf } from "./supposition.ts";

/** One conversation judged by one form. It keeps the form as it was, so that a later version changes nothing. */
export const reviewSchema = z.object({
  id: z.string().min(1),
  conversationId: z.string().min(1),
  form: formSchema,
  /** What it is for; Connect's evaluation types, and an agent's own. */
  purpose: z.enum(["standard", "calibration", "self"]),
  /** Where it is on its way. Further stations (released, disputed, acknowledged) join this set when there are any. */
  stage: z.enum(["draft", "submitted"]),
  evaluator: z.string().nullable(),
  startedAt: z.iso.datetime(),
  submittedAt: z.iso.datetime().nullable(),
  answers: z.array(questionAnswerSchema),
  comment: z.string().max(3_072).nullable(),
});
/** One conversation judged by one form. */
export type Review = z.infer<typeof reviewSchema>;

/** One question of a review with everything that is known of it now. */
export interface JudgedQuestion extends PlacedQuestion {
  readonly answer: QuestionAnswer;
  /** The answer that counts; null where there is none. */
  readonly value: AnswerValue | null;
  readonly state: AnswerState;
  readonly stale: readonly Staleness[];
  readonly doubt: AnswerDoubt;
}

/** What a review comes to on the revision on screen. */
export interface Judgement {
  readonly questions: readonly JudgedQuestion[];
  readonly score: FormScore;
  readonly range: ScoreRange;
  /** Why the score may still change without the transcript changing, for people; empty where it is settled. */
  readonly provisional: readonly string[];
  readonly listenNext: readonly Clip[];
}

/**
 * Judges the answers to a form on a revision: states, staleness, doubt, score, its range, and what to hear next.
 *
 * @param heard what was played of the conversation already.
 * @param followed what the rules would answer if doubtful turns were another's (`whatIfs`); null where nobody has asked, and then
 * doubt about speakers is estimated.
 */
export function judgeReview(
  { form, answers }: Pick<Review, "form" | "answers">,
  read: ReadRevision,
  heard: readonly Span[] = [],
  followed: readonly WhatIf[] | null = null,
): Judgement {
  const find = stalenessFinder(read);
  const byId = new Map(answers.map((answer) => [answer.questionId, answer]));
  const placed = questionsOf(form);
  const given = placed.flatMap(({ question: { id } }) => {
    const answer = byId.get(id);
    const value = answer === undefined ? null : countingValue(answer);
    return value === null ? [] : [[id, value] as const];
  });
  const values = fittingValues(form, new Map(given));
  const asked = askedQuestions(placed, values);
  const questions = placed.map((one): JudgedQuestion => {
    const { id } = one.question;
    const answer = byId.get(id) ?? unanswered(id);
    const stale = stalenessOf(answer, find, read);
    return {
      ...one,
      answer,
      value: values.get(id) ?? null,
      state: stateOf(answer, asked.has(id), stale),
      stale,
      doubt: doubtOf(answer, read.conversation, stale, followed),
    };
  });
  // What is not asked cannot move the score by being in doubt.
  const doubts = questions.filter(({ state }) => state !== "not-asked").map(({ doubt }) => doubt);
  return {
    questions,
    score: createScorer(form)(values),
    range: scoreRange(form, values, doubts, followed ?? []),
    provisional: provisionalReasons(questions),
    listenNext: listenNext(form, values, doubts, read.conversation.durationMs, heard),
  };
}

function provisionalReasons(questions: readonly JudgedQuestion[]): string[] {
  const count = (...states: AnswerState[]): number => questions.filter(({ state }) => states.includes(state)).length;
  const say = (number: number, one: string, many: string): string[] =>
    number === 0 ? [] : [number === 1 ? `1 answer ${one}` : `${number} answers ${many}`];
  const open = count("unanswered", "for-a-person");
  return [
    ...say(count("stale"), "rests on words that have changed", "rest on words that have changed"),
    ...say(count("suggested"), "was seen by no person yet", "were seen by no person yet"),
    ...(open === 0 ? [] : [open === 1 ? "1 question is not answered yet" : `${open} questions are not answered yet`]),
  ];
}
