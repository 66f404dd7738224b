import { z } from "zod";
import { stalenessSchema } from "../conformity/evidence.ts";
import { answererSchema, keptAnswerSchema, longestQuestion, questionShapeSchema } from "../conformity/writing/question.ts";
import { failureSchema } from "./errors.ts";

/* Questions that people ask of conversations, as pages and commands are shown them. */

/** Conversations that a question is asked of at most. */
export const mostAsked = 10_000;

/** Which conversations a question is asked of. */
export const questionScopeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("conversation"), conversationId: z.string().min(1) }),
  z.object({ kind: z.literal("selection"), conversationIds: z.array(z.string().min(1)).min(1).max(mostAsked) }),
  /** What a search of the library finds now; the empty one finds everything. */
  z.object({ kind: z.literal("search"), text: z.string().max(1_000) }),
]);
/** Which conversations a question is asked of. */
export type QuestionScope = z.infer<typeof questionScopeSchema>;

/** A question that is about to be asked. */
export const newQuestionSchema = z.object({
  text: z.string().trim().min(1).max(longestQuestion),
  shape: questionShapeSchema.default({ kind: "text" }),
  scope: questionScopeSchema,
  /** Left out: the writer where one is set up, else the search of this machine. */
  by: answererSchema.optional(),
});
/** A question that is about to be asked. */
export type NewQuestion = z.infer<typeof newQuestionSchema>;

/** A question that was asked before, of those conversations that are named or that have no answer, or a stale one. */
export const againSchema = z.object({
  id: z.string().min(1),
  which: z.enum(["unanswered", "stale", "all"]).default("unanswered"),
  /** Of this one alone, whatever it has answered. */
  conversationId: z.string().min(1).optional(),
});
/** A question that is asked again. */
export type QuestionAgain = z.infer<typeof againSchema>;

/** What asking would do: what a person agrees to before anything is sent. */
export const questionPlanSchema = z.object({
  by: answererSchema,
  /** The question as it would be asked: redacted. */
  text: z.string(),
  conversations: z.int().min(0),
  /** Those of them in which nothing has been heard or read: they cannot be asked. */
  withoutWords: z.int().min(0),
  requests: z.int().min(0),
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  /** In the currency of the prices that are set; null where there are none. */
  cost: z.number().min(0).nullable(),
  /** Worked out from a part of the conversations. */
  sampled: z.boolean(),
  /** Where the words go; null where they stay in Earmark. */
  to: z
    .object({
      engine: z.enum(["bedrock", "endpoint"]),
      model: z.string(),
      region: z.string().nullable(),
      url: z.string().nullable(),
      /** It is on this machine: nothing leaves it. */
      isHere: z.boolean(),
    })
    .nullable(),
  /** To be given back when it is asked: names what was agreed to. */
  agreement: z.string(),
});
/** What asking would do. */
export type QuestionPlan = z.infer<typeof questionPlanSchema>;

/** How far a conversation is with its answer. */
export const answeringStates = ["waiting", "running", "done", "failed", "interrupted", "cancelled"] as const;
/** How far a conversation is with its answer. */
export type AnsweringState = (typeof answeringStates)[number];

const count = z.int().min(0);

/** A question with what many answered to it. */
export const questionViewSchema = z.object({
  id: z.string(),
  text: z.string(),
  shape: questionShapeSchema,
  by: answererSchema,
  author: z.string(),
  at: z.iso.datetime(),
  scope: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("conversation"), conversationId: z.string(), title: z.string() }),
    z.object({ kind: z.literal("selection") }),
    z.object({ kind: z.literal("search"), text: z.string() }),
  ]),
  conversations: count,
  states: z.record(z.enum(answeringStates), count),
  /** Answers that say the same, the most frequent first; `hidden`: taken out because something was hidden since. */
  groups: z.array(z.object({ key: z.string(), said: z.string().nullable(), count })),
  /** Why conversations could not be asked, the most frequent reason first. */
  failures: z.array(z.object({ code: failureSchema.shape.code, count })),
  stale: count,
  /** It is being answered now. */
  underWay: z.boolean(),
  /** Why it could not go on; null where it could. */
  failure: failureSchema.nullable(),
  inputTokens: count,
  outputTokens: count,
  /** Null where a part of it is unknown. */
  cost: z.number().min(0).nullable(),
});
/** A question with what many answered to it. */
export type QuestionView = z.infer<typeof questionViewSchema>;

/** What one conversation answered to a question. */
export const askedAnswerSchema = z.object({
  questionId: z.string(),
  conversationId: z.string(),
  title: z.string(),
  agent: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  state: z.enum(answeringStates),
  /** Null while there is no answer. */
  group: z.string().nullable(),
  said: z.string().nullable(),
  answer: keptAnswerSchema.nullable(),
  /** Why it is not to be relied on any more; empty where it is. */
  stale: z.array(stalenessSchema),
  failure: failureSchema.nullable(),
  at: z.iso.datetime().nullable(),
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  cost: z.number().min(0).nullable(),
});
/** What one conversation answered to a question. */
export type AskedAnswer = z.infer<typeof askedAnswerSchema>;

/** Which answers of a question are meant. */
export const answersWantedSchema = z.object({
  id: z.string().min(1),
  /** A group; "stale", "unanswered" and "all" mean what they say. */
  of: z
    .union([z.object({ group: z.string() }), z.object({ state: z.enum(["all", "unanswered", "stale", "waiting"]) })])
    .default({ state: "all" }),
  offset: count.default(0),
  limit: z.int().min(1).max(500).default(100),
});
/** Which answers of a question are meant. */
export type AnswersWanted = z.infer<typeof answersWantedSchema>;
