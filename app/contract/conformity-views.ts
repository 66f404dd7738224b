import { z } from "zod";
import { answerStateSchema, questionAnswerSchema } from "../conformity/answer.ts";
import { answerValueSchema } from "../conformity/answer-value.ts";
import { evidenceSchema, stalenessSchema } from "../conformity/evidence.ts";
import { formSchema, scoreKindSchema } from "../conformity/form.ts";
import { reviewSchema } from "../conformity/review.ts";
import { anchorInputSchema } from "../conversation/anchors.ts";
import { roleSchema, spanSchema } from "../conversation/conversation.ts";
import { failureSchema } from "./errors.ts";

/* Checklists, and conversations judged by them, as pages and commands are shown them. */

/** Where a checklist comes from. */
export const checklistOriginSchema = z.enum(["ready-made", "person", "connect"]);
/** Where a checklist comes from. */
export type ChecklistOrigin = z.infer<typeof checklistOriginSchema>;

/** A checklist of the library. */
export const checklistViewSchema = z.object({
  id: z.string(),
  version: z.int().min(1),
  title: z.string(),
  description: z.string(),
  serves: z.string(),
  for: formSchema.shape.for,
  origin: checklistOriginSchema,
  /** SHA-256 of the checklist as canonical JSON. */
  hash: z.string(),
  /** Every conversation that it is for is judged by it, as far as the machine can. */
  enabled: z.boolean(),
  /** How many questions it has, and who answers them. */
  questions: z.object({ rule: z.int().min(0), writer: z.int().min(0), person: z.int().min(0) }),
  /** Evaluations made with any version of it: begun by the machine alone, worked on by a person, submitted. */
  evaluations: z.object({ machine: z.int().min(0), draft: z.int().min(0), submitted: z.int().min(0) }),
  /** When it was changed last. */
  at: z.iso.datetime(),
});
/** A checklist of the library. */
export type ChecklistView = z.infer<typeof checklistViewSchema>;

/** A mistake in a checklist's text. */
export const formFaultSchema = z.object({
  line: z.int().min(1),
  column: z.int().min(1),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
});

const percentSchema = z.number().min(0).max(100).nullable();

/** A score with what it is made of; see `app/conformity/scoring.ts`. */
export const scoreSchema = z.object({
  percent: percentSchema,
  earned: z.number(),
  possible: z.number(),
  askable: z.int().min(0),
  answered: z.int().min(0),
});

const questionScoreSchema = z.object({
  questionId: z.string(),
  kind: scoreKindSchema,
  sectionIds: z.array(z.string()),
  state: z.enum(["scored", "unscored", "unanswered", "not-applicable", "not-asked"]),
  weight: z.number(),
  bonus: z.boolean(),
  earned: z.number().nullable(),
  possible: z.number().nullable(),
  fails: z.union([z.literal("form"), z.object({ section: z.string() })]).nullable(),
});

/** What a form came to; see `app/conformity/scoring.ts`. */
export const formScoreSchema = z.object({
  overall: scoreSchema,
  conformity: scoreSchema,
  quality: scoreSchema,
  band: z.string().nullable(),
  passed: z.boolean().nullable(),
  failedBy: z.array(z.string()),
  sections: z.array(
    scoreSchema.extend({
      sectionId: z.string(),
      parentId: z.string().nullable(),
      failedBy: z.array(z.string()),
      band: z.string().nullable(),
    }),
  ),
  questions: z.array(questionScoreSchema),
});

/** How much an answer is in doubt and why; see `app/conformity/doubt.ts`. */
export const answerDoubtSchema = z.object({
  questionId: z.string(),
  amount: z.number().min(0).max(1),
  reasons: z.array(
    z.object({
      kind: z.enum(["words", "speaker", "overlap", "searched", "writer", "stale"]),
      amount: z.number().min(0).max(1),
      text: z.string(),
      supposing: z.string(),
      spans: z.array(spanSchema),
    }),
  ),
});

/** Between which scores the truth lies; see `app/conformity/score-range.ts`. */
export const scoreRangeSchema = z.object({
  percent: percentSchema,
  lowest: percentSchema,
  highest: percentSchema,
  exact: z.boolean(),
  sentence: z.string(),
});

/** A stretch to hear, and what it settles; see `app/conformity/listen-next.ts`. */
export const clipToHearSchema = spanSchema.extend({
  questionIds: z.array(z.string()),
  worth: z.number(),
  rate: z.number(),
  reasons: z.array(z.string()),
});

/** Evidence with where it lies and what stands there on the revision on screen. */
export const shownEvidenceSchema = spanSchema.extend({
  evidence: evidenceSchema,
  turnId: z.string().nullable(),
  wordIds: z.array(z.string()),
  /** The words there now; null where they are hidden or gone. */
  quote: z.string().nullable(),
  role: roleSchema.nullable(),
});
/** Evidence with what stands there now. */
export type ShownEvidence = z.infer<typeof shownEvidenceSchema>;

/** A question of an evaluation with all that is known of it. */
export const judgedQuestionSchema = z.object({
  questionId: z.string(),
  /** From 1, in the order of the form. */
  number: z.int().min(1),
  kind: scoreKindSchema,
  sectionIds: z.array(z.string()),
  answer: questionAnswerSchema,
  value: answerValueSchema.nullable(),
  state: answerStateSchema,
  stale: z.array(stalenessSchema),
  doubt: answerDoubtSchema,
  /** What the answer that counts rests on, as it reads now. */
  evidence: z.array(shownEvidenceSchema),
});
/** A question of an evaluation with all that is known of it. */
export type JudgedQuestionView = z.infer<typeof judgedQuestionSchema>;

/** A conversation judged by a checklist, on the revision on screen. */
export const evaluationViewSchema = z.object({
  evaluation: reviewSchema.omit({ answers: true }),
  questions: z.array(judgedQuestionSchema),
  score: formScoreSchema,
  range: scoreRangeSchema,
  /** Why the score may still change, for people; empty where it is settled. */
  provisional: z.array(z.string()),
  listenNext: z.array(clipToHearSchema),
  /** What was played of it for this evaluation. */
  heard: z.array(spanSchema),
  /** Questions that a writer is answering now. */
  writing: z.array(z.string()),
  /** Why the writer's last attempt came to nothing; null where it did not. */
  writingFailure: failureSchema.nullable(),
});
/** A conversation judged by a checklist. */
export type EvaluationView = z.infer<typeof evaluationViewSchema>;

/** An evaluation in a list. */
export const evaluationLineSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  formId: z.string(),
  formVersion: z.int().min(1),
  formTitle: z.string(),
  stage: reviewSchema.shape.stage,
  /** Only the machine has answered so far. */
  machineOnly: z.boolean(),
  percent: percentSchema,
  lowest: percentSchema,
  highest: percentSchema,
  band: z.string().nullable(),
  passed: z.boolean().nullable(),
  failed: z.int().min(0),
  open: z.int().min(0),
  stale: z.int().min(0),
  evaluator: z.string().nullable(),
  submittedAt: z.iso.datetime().nullable(),
});
/** An evaluation in a list. */
export type EvaluationLine = z.infer<typeof evaluationLineSchema>;

/** What a person decides about a question. */
export const answerInputSchema = z.object({
  id: z.string().min(1),
  questionId: z.string().min(1),
  value: answerValueSchema,
  reason: z.string().max(3_072).nullable().default(null),
  /** Words, turns or stretches that a person puts under it. */
  evidence: z.array(anchorInputSchema).max(50).default([]),
});
