import { z } from "zod";
import { tokensOf } from "../../insight/rules-words.ts";
import { answerValueSchema } from "../answer-value.ts";
import { absenceSchema, evidenceSchema, type ReadRevision } from "../evidence.ts";
import { type AnswerShape, longestText, promptNameSchema } from "./asked.ts";
import { absencesOf, evidenceOfQuotes, faultSchema, type Written, writtenSchema } from "./written.ts";

/*
 * A question that a person asks of one conversation or of many: how it is to be answered, what is kept of each answer, and which
 * answers are the same, so that many can be counted.
 */

/** Longest question, in characters. */
export const longestQuestion = 1_000;

const optionSchema = z.string().trim().min(1).max(100);

/** How a question is to be answered. Answers of the last two kinds can be counted for certain. */
export const questionShapeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text") }),
  z.object({ kind: z.literal("yes-no") }),
  z.object({
    kind: z.literal("options"),
    options: z
      .array(optionSchema)
      .min(2)
      .max(20)
      .refine((options) => new Set(options.map((one) => one.toLowerCase())).size === options.length, "An option stands twice."),
  }),
]);
/** How a question is to be answered. */
export type QuestionShape = z.infer<typeof questionShapeSchema>;

/** Who answers: a language model, or the search of this machine, which finds passages and answers nothing. */
export const answererSchema = z.enum(["writer", "search"]);
/** Who answers a question. */
export type Answerer = z.infer<typeof answererSchema>;

/** The shape as a writer is asked it. */
export function askedShape(shape: QuestionShape): AnswerShape {
  switch (shape.kind) {
    case "text":
      return { kind: "text", most: longestText };
    case "yes-no":
      return {
        kind: "choice",
        options: [
          { id: "yes", text: "Yes" },
          { id: "no", text: "No" },
        ],
        several: false,
      };
    case "options":
      return { kind: "choice", options: shape.options.map((text, index) => ({ id: optionId(index), text })), several: false };
  }
}

/** The id of an option by its place, from 0. */
function optionId(index: number): string {
  return `option-${index + 1}`;
}

/** What is kept of a conversation's answer. */
export const keptAnswerSchema = z.object({
  /** Null where it is left to a person, and where passages are all there is. */
  value: answerValueSchema.nullable(),
  justification: z.string(),
  /** The words it rests on; of a search the passages found, the best first. */
  evidence: z.array(evidenceSchema),
  /** What was looked for in vain. */
  searched: z.array(absenceSchema),
  /** Why it is left to a person; empty where it is not. */
  faults: z.array(faultSchema),
  confidence: z.number().min(0).max(1).nullable(),
  /** Null where no model was asked. */
  prompt: promptNameSchema.nullable(),
  /** Who was asked how; null where no model was. */
  written: writtenSchema.omit({ answers: true }).nullable(),
});
/** What is kept of a conversation's answer. */
export type KeptAnswer = z.infer<typeof keptAnswerSchema>;

/** What a writer answered as it is kept. Throws `RangeError` where it has no answer at all. */
export function keptOfWritten({ answers, ...written }: Written, read: ReadRevision): KeptAnswer {
  const [answer] = answers;
  if (answer === undefined) throw new RangeError("A question has no answer at all.");
  const { justification, faults, confidence, prompt } = answer;
  return {
    value: answerValueSchema.safeParse(answer.value).data ?? null,
    justification,
    evidence: evidenceOfQuotes(answer.quotes, read),
    searched: absencesOf(answer, read),
    faults,
    confidence,
    prompt,
    written,
  };
}

/** Groups that are no answer: the conversation does not say, a person has to decide, passages were found, or none were. */
export const openGroups = ["not-said", "for-a-person", "passages", "no-passage"] as const;

/** A group of answers that say the same. */
export interface AnswerGroup {
  /** Names it: one of `openGroups`, "yes", "no", an option's id, or "text:" with the words. */
  readonly key: string;
  /** The answer in words; null where the group is no answer. */
  readonly said: string | null;
}

/** The group that an answer belongs to. */
export function groupOf(shape: QuestionShape, { value, faults, searched, evidence, written }: KeptAnswer): AnswerGroup {
  if (written === null) return { key: evidence.length > 0 ? "passages" : "no-passage", said: null };
  if (value?.kind === "choice") {
    const [id = ""] = value.options;
    const asked = askedShape(shape);
    const option = asked.kind === "choice" ? asked.options.find((one) => one.id === id) : undefined;
    return { key: id, said: option?.text ?? id };
  }
  if (value?.kind === "text") {
    // An answer that rests on nothing having been said says that in many words.
    if (searched.length > 0) return { key: "not-said", said: value.text };
    const words = tokensOf(value.text).map(({ text }) => text);
    return { key: `text:${words.join(" ").slice(0, 120)}`, said: value.text };
  }
  const isOpen = faults.every(({ code }) => code === "cannot-tell" || code === "nothing-said");
  return { key: isOpen ? "not-said" : "for-a-person", said: null };
}
