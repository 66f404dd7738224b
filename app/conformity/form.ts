import { z } from "zod";
import { byKind } from "./by-kind.ts";
import { type AnswerRule, answerRuleSchema } from "./criterion.ts";
import { checkForm } from "./form-checks.ts";

/*
 * A checklist: what is asked of a conversation, how each question is answered, and what the answers come to. It stands in a
 * file, in the library and in the contract alike, and a review keeps the checklist that it was made with. The shape follows
 * Amazon Connect's evaluation forms closely enough to be exchanged with them (`connect-form.ts`).
 */

/** Names the shape of a checklist. A change that an older reader would misread gets another number. */
export const checklistSchemaName = "earmark-checklist/1";

/** An id: letters, digits, dot, hyphen and underscore, 40 at most, as Connect's reference ids. Stable over versions. */
export const formIdSchema = z
  .string()
  .regex(/^[0-9A-Za-z._-]{1,40}$/u, "An id has 1 to 40 letters, digits, dots, hyphens and underscores.");

/** What a failed critical answer fails: the whole form, the question's own section, or a section by its id. */
export const criticalSchema = z.union(
  [z.enum(["form", "section"]), z.strictObject({ section: formIdSchema })],
  "Critical is 'form', 'section', or { section: ID }.",
);
/** What a failed critical answer fails. */
export type Critical = z.infer<typeof criticalSchema>;

const pointsSchema = z.number("Write a number of points.").min(0, "Points are 0 or more.").max(1_000);

/** An answer that can be chosen. */
export const optionSchema = z.strictObject({
  id: formIdSchema,
  text: z.string().trim().min(1).max(500),
  points: pointsSchema.default(0),
  critical: criticalSchema.optional(),
});
/** An answer that can be chosen. */
export type Option = z.infer<typeof optionSchema>;

/** Numbers that are worth so many points. Both ends belong to it; one that is left out is open. */
export const numberRangeSchema = z
  .strictObject({
    from: z.number().optional(),
    to: z.number().optional(),
    points: pointsSchema.default(0),
    critical: criticalSchema.optional(),
  })
  .refine(({ from, to }) => from !== undefined || to !== undefined, "Name 'from', 'to', or both.")
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "'from' has to be at most 'to'.");
/** Numbers that are worth so many points. */
export type NumberRange = z.infer<typeof numberRangeSchema>;

const idsSchema = z.union(
  [formIdSchema.transform((id) => [id]), z.array(formIdSchema).min(1).max(100)],
  "Name an option by its id, or a list of them.",
);

/** How another question was answered. */
const answeredSchema = z
  .strictObject({
    question: formIdSchema,
    /** One of these is chosen. */
    is: idsSchema.optional(),
    /** It is answered, and none of these is chosen. */
    isNot: idsSchema.optional(),
    /** All of these are chosen. */
    isAll: idsSchema.optional(),
    above: z.number().optional(),
    below: z.number().optional(),
    /** It is answered at all, not applicable included; or not yet. */
    answered: z.boolean().optional(),
    /** It is answered "not applicable"; or otherwise. */
    notApplicable: z.boolean().optional(),
  })
  .refine(
    ({ question: _, ...tests }) => Object.values(tests).some((test) => test !== undefined),
    "Say how it is answered: is, isNot, isAll, above, below, answered or notApplicable.",
  );
/** How another question was answered. What is said of it has to hold altogether. */
export type AnsweredCondition = z.infer<typeof answeredSchema>;
/** A condition over the answers to other questions. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | AnsweredCondition;

const conditionsSchema = z
  .array(z.lazy(() => conditionSchema))
  .min(1, "A group needs a condition.")
  .max(50);
/** A condition over the answers to other questions. */
export const conditionSchema: z.ZodType<Condition, unknown> = byKind<Condition>("condition", "A condition", {
  all: z.strictObject({ all: conditionsSchema }),
  any: z.strictObject({ any: conditionsSchema }),
  not: z.strictObject({ not: z.lazy(() => conditionSchema) }),
  question: answeredSchema,
});

/** Which of the two scores a question counts for. */
export const scoreKindSchema = z.enum(["conformity", "quality"], "A question is about conformity or quality.");
/** Which of the two scores a question counts for. */
export type ScoreKind = z.infer<typeof scoreKindSchema>;

/** Who answers: a person, a rule, or a writer (a language model) with a prompt by its id, the usual one where it is null. */
export type AnsweredBy =
  | "person"
  | { readonly rule: AnswerRule }
  | { readonly writer: { readonly prompt: string | null; readonly guidance: string } };

const writerSchema = z.strictObject({
  writer: z.strictObject({
    prompt: z
      .string()
      .regex(/^[0-9a-z-]{1,100}$/u, "A prompt is named by its id: small letters, digits and hyphens.")
      .nullable()
      .default(null),
    /** What the model is told besides the question and its instructions. */
    guidance: z.string().trim().max(4_000).default(""),
  }),
});
/** Who answers a question: "person", "writer", or one of the two with what it needs. */
export const answeredBySchema: z.ZodType<AnsweredBy, unknown> = byKind<AnsweredBy>(
  "answeredBy",
  "Who answers",
  { rule: z.strictObject({ rule: answerRuleSchema }), writer: writerSchema },
  z
    .enum(["person", "writer"], "Answered by 'person', 'writer', { writer: ... } or { rule: ... }.")
    .transform((by) => (by === "writer" ? { writer: { prompt: null, guidance: "" } } : by)),
);

const titleSchema = z.string().trim().min(1, "Write a title.").max(500);
const instructionsSchema = z.string().trim().max(4_000).default("");
const weightSchema = z.number("Write a number.").min(0, "A weight is 0 or more.").max(1_000).default(1);

/** When a person has to give a reason: never, always, where the machine said otherwise, or for certain options. */
export const reasonSchema = z.union(
  [z.enum(["optional", "required", "on-override"]), z.strictObject({ for: z.array(formIdSchema).min(1) })],
  "A reason is 'optional', 'required', 'on-override', or { for: [OPTION] }.",
);

const asked = {
  id: formIdSchema,
  ask: z.string().trim().min(1, "Write the question.").max(1_000),
  instructions: instructionsSchema,
  kind: scoreKindSchema.optional().describe("Which score it counts for. Left out: as its section has it, else quality."),
  weight: weightSchema,
  bonus: z.boolean().default(false).describe("Counts for what is earned and not for what could be: nobody loses by it."),
  scored: z.boolean().default(true).describe("Counts for the score at all."),
  notApplicable: z.boolean().default(true).describe("May be answered 'not applicable', which takes it out of the score."),
  when: conditionSchema.optional().describe("Asked only where this holds of other answers."),
  unless: conditionSchema.optional().describe("Not asked where this holds of other answers."),
  reason: reasonSchema.default("optional").describe("When a person has to give a reason."),
  answeredBy: answeredBySchema.default("person").describe("Who answers first: a person, a rule, or a writer (a language model)."),
};

const yesNoSchema = z.strictObject({
  type: z.literal("yes-no"),
  ...asked,
  wanted: z.enum(["yes", "no"], "Wanted is 'yes' or 'no'.").default("yes").describe("The answer that earns the points."),
  points: pointsSchema.default(1),
  critical: criticalSchema
    .optional()
    .describe("What the answer that is not wanted fails: the form, its section, or another section."),
});
const optionsSchema = z.array(optionSchema).min(2, "A choice needs two options or more.").max(100);

/** A question of any type. */
export const questionSchema = z.discriminatedUnion(
  "type",
  [
    yesNoSchema,
    z.strictObject({ type: z.literal("single"), ...asked, options: optionsSchema }),
    /** The points of what is chosen add up. */
    z.strictObject({ type: z.literal("multiple"), ...asked, options: optionsSchema }),
    z.strictObject({
      type: z.literal("numeric"),
      ...asked,
      min: z.number().optional(),
      max: z.number().optional(),
      unit: z.string().trim().max(20).default("").describe("For people: s, %."),
      ranges: z
        .array(numberRangeSchema)
        .max(50)
        .default([])
        .describe("The first that a number lies in counts; a number in none is worth nothing. Without any it is not scored."),
    }),
    z.strictObject({ type: z.literal("text"), ...asked }),
    z.strictObject({ type: z.literal("date"), ...asked }),
  ],
  "A question's type is one of: yes-no, single, multiple, numeric, text, date.",
);
/** A question. */
export type Question = z.infer<typeof questionSchema>;

/** A name for scores from so many percent on. */
export const bandSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  from: z.number("Write a percentage from 0 to 100.").min(0).max(100),
});
/** A name for scores from so many percent on. */
export type Band = z.infer<typeof bandSchema>;

const sectionBase = {
  id: formIdSchema,
  title: titleSchema,
  instructions: instructionsSchema,
  kind: scoreKindSchema.optional().describe("What its questions are about, where they do not say."),
  weight: weightSchema,
  when: conditionSchema.optional().describe("Its questions are asked only where this holds."),
  unless: conditionSchema.optional().describe("Its questions are not asked where this holds."),
  bands: z.array(bandSchema).max(20).default([]).describe("Names for its score."),
  questions: z.array(questionSchema).max(200).default([]),
};
/** A section within a section: it holds questions alone. */
export const innerSectionSchema = z.strictObject(sectionBase);
/** A section within a section. */
export type InnerSection = z.infer<typeof innerSectionSchema>;
/** A section: questions, then sections of its own. */
export const sectionSchema = z.strictObject({ ...sectionBase, sections: z.array(innerSectionSchema).max(50).default([]) });
/** A section. */
export type Section = z.infer<typeof sectionSchema>;

/** How answers come to a score; `scoring.ts` has the formulas. */
export const scoringModeSchema = z.enum(
  ["questions", "sections", "points", "none"],
  "Scoring is by: questions (their weights), sections (weights of sections, then of questions), points, or none.",
);

/** What a checklist says of itself where its author says nothing else. */
export const usualNotice = "A starting point, not legal advice. Have it checked by whoever answers for it.";

/** A checklist. What does not fit together in it is said of its place, with a remedy. */
export const formSchema = z
  .strictObject({
    schema: z.literal(
      checklistSchemaName,
      `This Earmark reads '${checklistSchemaName}'. Begin with \`schema: ${checklistSchemaName}\`.`,
    ),
    id: formIdSchema,
    version: z
      .int("Write a whole number.")
      .min(1, "Versions count from 1.")
      .max(1_000_000)
      .describe("Raised by whoever changes what is asked or what it is worth."),
    title: titleSchema,
    description: z.string().trim().max(2_000).default(""),
    serves: z.string().trim().max(2_000).default("").describe("The duty, standard or purpose it is there for."),
    notice: z.string().trim().max(2_000).default(usualNotice).describe("What it says of itself: that it is no legal advice."),
    /** BCP 47 tags of the languages its phrases are in. */
    languages: z
      .array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u, "Write a language tag such as en or pt-BR."))
      .min(1)
      .max(50)
      .default(["en"]),
    /** The conversations it is for; all where it is null. */
    for: z.enum(["call", "chat"], "A checklist is for a 'call' or a 'chat'.").nullable().default(null),
    instructions: instructionsSchema,
    scoring: scoringModeSchema
      .default("questions")
      .describe("By weights of questions; by weights of sections and then of questions; by points; or none."),
    bands: z.array(bandSchema).max(20).default([]).describe("Names for its score, each from a percentage on."),
    pass: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .default(null)
      .describe("The percentage from which it is passed; null without such a line."),
    sections: z.array(sectionSchema).min(1, "A checklist needs a section.").max(100),
  })
  .superRefine((form, context) => checkForm(form, (issue) => context.addIssue({ ...issue })));
/** A checklist. */
export type Form = z.infer<typeof formSchema>;
