import { z } from "zod";
import { type AnswerValue, answerValueSchema, fitsQuestion, sameValue } from "./answer-value.ts";
import {
  absenceSchema,
  type Evidence,
  evidenceSchema,
  type ReadRevision,
  type Staleness,
  type StalenessFinder,
} from "./evidence.ts";
import { formFigureSchema } from "./figures.ts";
import type { Question } from "./form.ts";
import type { RuleAnswer } from "./rule.ts";

/*
 * The answer to a question: what the machine suggests and what a person decides, both kept. A decision takes over the evidence
 * of the suggestion that it agrees with; evidence may be added. What was decided before is kept too.
 */

/** What the machine thinks. */
export const suggestionSchema = z.object({
  by: z.enum(["rule", "writer"]),
  /** Null where it leaves the question to a person. */
  value: answerValueSchema.nullable(),
  /** What was found and what follows, for people. */
  sentence: z.string(),
  evidence: z.array(evidenceSchema),
  searched: z.array(absenceSchema),
  figures: z.array(formFigureSchema),
  /** Why it is left to a person; empty where it is not. */
  unjudged: z.array(z.string()),
  /** How sure a writer says it is, 0 to 1; null of a rule, which does not guess. */
  confidence: z.number().min(0).max(1).nullable(),
  /** What made it: the hash of a rule's identity, or a model with its prompt and version. */
  source: z.string(),
  wordsHash: z.string(),
  revision: z.string(),
});
/** What the machine thinks. */
export type Suggestion = z.infer<typeof suggestionSchema>;

/** What a person decided. */
export const decisionSchema = z.object({
  value: answerValueSchema,
  reason: z.string().max(3_072).nullable(),
  evidence: z.array(evidenceSchema),
  searched: z.array(absenceSchema),
  /** What the machine suggested then; null where it suggested nothing. */
  suggested: answerValueSchema.nullable(),
  author: z.string(),
  at: z.iso.datetime(),
  wordsHash: z.string(),
  revision: z.string(),
});
/** What a person decided. */
export type Decision = z.infer<typeof decisionSchema>;

/** All there is about one question in one review. */
export const questionAnswerSchema = z.object({
  questionId: z.string(),
  suggestion: suggestionSchema.nullable(),
  decision: decisionSchema.nullable(),
  /** What was decided before, the latest last. */
  earlier: z.array(decisionSchema),
  /** What a person notes beside the question, up to Connect's 3,072 characters; null without one. */
  comment: z.string().max(3_072).nullable(),
});
/** All there is about one question in one review. */
export type QuestionAnswer = z.infer<typeof questionAnswerSchema>;

/** A question that nobody has looked at yet. */
export function unanswered(questionId: string): QuestionAnswer {
  return { questionId, suggestion: null, decision: null, earlier: [], comment: null };
}

/** A rule's answer as a suggestion. */
export function suggestionOfRule(
  answer: RuleAnswer,
  source: string,
  read: Pick<ReadRevision, "wordsHash" | "revision">,
): Suggestion {
  const { value, sentence, evidence, searched, figures, unjudged } = answer;
  const { wordsHash, revision } = read;
  return {
    by: "rule",
    value,
    sentence,
    evidence: [...evidence],
    searched: [...searched],
    figures: [...figures],
    unjudged: [...unjudged],
    confidence: null,
    source,
    wordsHash,
    revision,
  };
}

/** The answer that counts: the person's, else the machine's; null where there is none. */
export function countingValue({ decision, suggestion }: QuestionAnswer): AnswerValue | null {
  return decision?.value ?? suggestion?.value ?? null;
}

/** Whether a person decided otherwise than the machine had suggested then. */
export function isOverride({ suggested, value }: Pick<Decision, "suggested" | "value">): boolean {
  return suggested !== null && !sameValue(suggested, value);
}

/** Whether a reason has to be given for this decision. */
export function needsReason(question: Question, value: AnswerValue, suggested: AnswerValue | null): boolean {
  const { reason } = question;
  if (reason === "optional") return false;
  if (reason === "required") return true;
  if (reason === "on-override") return isOverride({ suggested, value });
  const chosen = value.kind === "choice" ? value.options : value.kind === "not-applicable" ? ["not-applicable"] : [];
  return chosen.some((id) => reason.for.includes(id));
}

/** What a person decides about a question. */
export interface DecisionInput {
  readonly value: AnswerValue;
  readonly reason?: string | null;
  /** Words the person has put under it, beside those of the suggestion that it agrees with. */
  readonly evidence?: readonly Evidence[];
  readonly author: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly read: Pick<ReadRevision, "wordsHash" | "revision">;
}
/** Why a decision cannot be made. */
export type DecisionFault = "value-unfit" | "reason-missing";

/** Decides a question. The suggestion stays as it is; what was decided before goes to the earlier ones. */
export function decide(question: Question, answer: QuestionAnswer, input: DecisionInput): QuestionAnswer | DecisionFault {
  const { value, author, at } = input;
  const { suggestion, decision } = answer;
  if (!fitsQuestion(question, value)) return "value-unfit";
  const suggested = suggestion?.value ?? null;
  const reason = input.reason?.trim() ?? "";
  if (reason === "" && needsReason(question, value, suggested)) return "reason-missing";
  const agrees = suggestion !== null && sameValue(suggested, value);
  return {
    ...answer,
    decision: {
      value,
      reason: reason === "" ? null : reason,
      evidence: [...(agrees ? suggestion.evidence : []), ...(input.evidence ?? [])],
      searched: agrees ? [...suggestion.searched] : [],
      suggested,
      author,
      at,
      wordsHash: input.read.wordsHash,
      revision: input.read.revision,
    },
    earlier: decision === null ? answer.earlier : [...answer.earlier, decision],
  };
}

/** Takes a decision back, so that the suggestion counts again. */
export function withdraw(answer: QuestionAnswer): QuestionAnswer {
  const { decision, earlier } = answer;
  return decision === null ? answer : { ...answer, decision: null, earlier: [...earlier, decision] };
}

/** Puts a new suggestion in place of the old one; a person's decision stays. */
export function withSuggestion(answer: QuestionAnswer, suggestion: Suggestion | null): QuestionAnswer {
  return { ...answer, suggestion };
}

/** How things stand with a question. */
export const answerStateSchema = z.enum([
  /** Its conditions do not let it be asked. */
  "not-asked",
  "unanswered",
  /** The machine has answered, and no person has looked. */
  "suggested",
  "answered",
  /** What the answer rests on has changed: it has to be looked at again. */
  "stale",
  /** The machine could not answer. */
  "for-a-person",
  "not-applicable",
]);
/** How things stand with a question. */
export type AnswerState = z.infer<typeof answerStateSchema>;

/**
 * Why an answer does not rest on the transcript as it reads now; empty where it does. Where nothing was found, a change anywhere in
 * what was searched would make it stale: it does not while the machine, asked anew on this revision, still says the same.
 */
export function stalenessOf(
  answer: QuestionAnswer,
  find: StalenessFinder,
  read: Pick<ReadRevision, "wordsHash" | "revision">,
): Staleness[] {
  const { decision, suggestion } = answer;
  const basis = decision ?? suggestion;
  if (basis === null) return [];
  const isAnew = suggestion !== null && suggestion.wordsHash === read.wordsHash && suggestion.revision === read.revision;
  const stillSaid = decision !== null && isAnew && sameValue(suggestion.value, decision.suggested);
  const searched = stillSaid ? [] : basis.searched.flatMap((one) => find.absence(one) ?? []);
  return [...basis.evidence.flatMap((one) => find.evidence(one) ?? []), ...searched];
}

/** How things stand with a question, given whether it is asked and what has become stale under it. */
export function stateOf(answer: QuestionAnswer, isAsked: boolean, stale: readonly Staleness[]): AnswerState {
  const { decision, suggestion } = answer;
  if (!isAsked) return "not-asked";
  if (stale.length > 0) return "stale";
  if (decision !== null) return decision.value.kind === "not-applicable" ? "not-applicable" : "answered";
  if (suggestion === null) return "unanswered";
  return suggestion.value === null ? "for-a-person" : "suggested";
}
