import { z } from "zod";
import { channelSchema, roleSchema } from "../conversation/conversation.ts";
import { type Rule, ruleSchema, timeSchema } from "../insight/rules.ts";
import { byKind } from "./by-kind.ts";
import { figureNames } from "./figures.ts";

/*
 * What a rule asks of a conversation to answer a question: everything that the rules of categories can say, a category by its
 * id, the order of two things, and figures with bounds that belong to the range.
 */

const categorySchema = z.strictObject({
  category: z.string().min(1, "Name a category by its id.").max(200),
  is: z.enum(["present", "absent"], "A category is present or absent.").optional(),
});
const orderSchema = z.strictObject({
  order: z.strictObject({ first: ruleSchema, before: ruleSchema }).superRefine((order, context) => {
    for (const part of ["first", "before"] as const) {
      if (isPlaced(order[part])) continue;
      const message = "An order needs things that happen at a place.";
      const remedy = "Use said, pattern, masked, silence, interruption, sentiment, or any of these.";
      context.addIssue({ code: "custom", path: [part], message, params: { remedy } });
    }
  }),
});
const boundSchema = z.union([z.number(), timeSchema], "Write a number, or a time such as 30s or 2m.");
const figureSchema = z
  .strictObject({
    figure: z.enum(figureNames, `A figure is one of: ${figureNames.join(", ")}.`),
    by: roleSchema.optional(),
    atLeast: boundSchema.optional(),
    atMost: boundSchema.optional(),
  })
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, "Say 'atLeast' or 'atMost' what.");

/** What a rule can ask about the other conversations of the same customer. */
export const journeyQuestions = [
  "earlier-conversation",
  "handed-over",
  "asked-again",
  "reason-again",
  "promise-broken",
  "promise-kept",
] as const;
const journeySchema = z.strictObject({
  journey: z.enum(journeyQuestions, `A journey is asked for one of: ${journeyQuestions.join(", ")}.`),
  /** The channel of the other conversation; any where it is left out. */
  of: channelSchema.optional(),
  /** How many days the other conversation may lie back at most. */
  withinDays: z.number().min(0).max(3_660).optional(),
});

/** Something that the other conversations of the same customer show beside this one. */
export type JourneyCriterion = z.infer<typeof journeySchema>;
/** A category by its id: there (the default), or not there. */
export type CategoryCriterion = z.infer<typeof categorySchema>;
/** Nothing of `before` comes until something of `first` has: "identity verified before any account detail". */
export type OrderCriterion = z.infer<typeof orderSchema>;
/** A figure within bounds, which belong to the range. Times in ms, shares from 0 to 1. */
export type FigureCriterion = z.infer<typeof figureSchema>;
/** What a rule asks of a conversation. */
export type Criterion =
  | { readonly all: readonly Criterion[] }
  | { readonly any: readonly Criterion[] }
  | { readonly not: Criterion }
  | CategoryCriterion
  | OrderCriterion
  | FigureCriterion
  | JourneyCriterion
  | Rule;

const groupSchema = z
  .array(z.lazy(() => criterionSchema))
  .min(1, "A group needs a criterion.")
  .max(100);

/** A criterion, parsed; times come out as milliseconds. */
export const criterionSchema: z.ZodType<Criterion, unknown> = byKind<Criterion>(
  "criterion",
  "A criterion",
  {
    all: z.strictObject({ all: groupSchema }),
    any: z.strictObject({ any: groupSchema }),
    not: z.strictObject({ not: z.lazy(() => criterionSchema) }),
    category: categorySchema,
    order: orderSchema,
    figure: figureSchema,
    journey: journeySchema,
  },
  ruleSchema,
);

/** A criterion as a rule of categories; null where it says more than those can. */
export function asRule(criterion: Criterion): Rule | null {
  if ("category" in criterion || "order" in criterion || "figure" in criterion || "journey" in criterion) return null;
  if ("all" in criterion) {
    const all = criterion.all.map(asRule).filter((one) => one !== null);
    return all.length === criterion.all.length ? { all } : null;
  }
  if ("any" in criterion) {
    const any = criterion.any.map(asRule).filter((one) => one !== null);
    return any.length === criterion.any.length ? { any } : null;
  }
  if ("not" in criterion) {
    const not = asRule(criterion.not);
    return not === null ? null : { not };
  }
  return criterion;
}

/** A criterion and every criterion within it, the outer before the inner. Rules within an order are not criteria. */
export function* criteriaWithin(criterion: Criterion): Generator<Criterion> {
  yield criterion;
  const inner =
    "all" in criterion ? criterion.all : "any" in criterion ? criterion.any : "not" in criterion ? [criterion.not] : [];
  for (const one of inner) yield* criteriaWithin(one);
}

function isPlaced(rule: Rule): boolean {
  if ("any" in rule) return rule.any.every(isPlaced);
  if ("all" in rule || "not" in rule || "measure" in rule || "sequence" in rule) return false;
  return rule.negate !== true && !("score" in rule && rule.score !== undefined);
}

/** What stands for an answer that does not apply, in a rule's outcome. */
export const notApplicable = "not-applicable";
/** What stands for leaving the answer to a person, in a rule's outcome. */
export const forAPerson = "for-a-person";

/** What a rule answers: the id of an option, ids of several, a number, or one of the two words above. */
export const outcomeSchema = z.union(
  [z.string().min(1), z.number(), z.array(z.string().min(1)).min(1)],
  "Write the id of an option, a number, not-applicable, or for-a-person.",
);
/** What a rule answers. */
export type Outcome = z.infer<typeof outcomeSchema>;

const applies = { applies: criterionSchema.optional() };

/** Answers by whether one criterion holds: `then` (yes), else `otherwise` (no). Not applicable where `applies` does not hold. */
const holdsSchema = z.strictObject({
  holds: criterionSchema,
  // biome-ignore lint/suspicious/noThenProperty: the word of the checklist language; nobody awaits a rule.
  then: outcomeSchema.optional(),
  otherwise: outcomeSchema.optional(),
  ...applies,
});
/** Answers by the first case that holds; a question with several answers by all that hold. */
const casesSchema = z.strictObject({
  cases: z
    .array(z.strictObject({ when: criterionSchema, answer: outcomeSchema }))
    .min(1, "Name a case.")
    .max(50),
  otherwise: outcomeSchema.optional(),
  ...applies,
});
/** Answers a number: times in seconds, shares in percent. */
const figureAnswerSchema = z.strictObject({
  figure: z.enum(figureNames, `A figure is one of: ${figureNames.join(", ")}.`),
  by: roleSchema.optional(),
  ...applies,
});

/** How a rule comes to its answer. */
export type AnswerRule = z.infer<typeof holdsSchema> | z.infer<typeof casesSchema> | z.infer<typeof figureAnswerSchema>;

/** How a rule comes to its answer. */
export const answerRuleSchema: z.ZodType<AnswerRule, unknown> = byKind<AnswerRule>("answerRule", "An answering rule", {
  holds: holdsSchema,
  cases: casesSchema,
  figure: figureAnswerSchema,
});

/** Every criterion of an answering rule, groups and their parts included. */
export function criteriaOf(rule: AnswerRule): Criterion[] {
  const own = "holds" in rule ? [rule.holds] : "cases" in rule ? rule.cases.map(({ when }) => when) : [];
  return [...own, ...(rule.applies === undefined ? [] : [rule.applies])].flatMap((one) => [...criteriaWithin(one)]);
}

/** Every outcome that an answering rule may have, `for-a-person` where it says nothing. */
export function outcomesOf(rule: AnswerRule): Outcome[] {
  if ("holds" in rule) return [rule.then ?? "yes", rule.otherwise ?? "no"];
  if ("cases" in rule) return [...rule.cases.map(({ answer }) => answer), rule.otherwise ?? forAPerson];
  return [];
}
