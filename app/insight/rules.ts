import { z } from "zod";
import { roleSchema } from "../conversation/conversation.ts";

/*
 * The language in which a category is written: plain data that stands in a file, in the library and in the contract alike.
 * It holds everything that the categories of Amazon Transcribe Call Analytics can say, and groups, patterns, sequences and
 * measures besides.
 */

/** Longest time a rule can name, in milliseconds: four hours, as in Call Analytics. */
export const longestTimeMs = 14_400_000;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** A length or place of time: milliseconds, or "30s", "1.5 min", "500 ms". Gives whole milliseconds. */
export const timeSchema = z
  .union([z.number(), z.string()], "Write a time such as 30s, 2m or 1500 (milliseconds).")
  .transform((value, context) => {
    const match = typeof value === "number" ? null : /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h)\s*$/u.exec(value);
    const time = typeof value === "number" ? value : Number(match?.[1]) * (units[match?.[2] ?? ""] ?? Number.NaN);
    if (Number.isFinite(time) && time >= 0 && time <= longestTimeMs) return Math.round(time);
    context.addIssue("Write a time from 0 to 4 hours, such as 30s, 2m or 1500 (milliseconds).");
    return z.NEVER;
  });

/** A share of the conversation: "25%". */
const percentSchema = z
  .string()
  .regex(/^\s*\d{1,3}(\.\d+)?\s*%\s*$/u, "Write a share such as 25%.")
  .refine((text) => Number.parseFloat(text) <= 100, "A share is at most 100%.")
  .transform((text) => `${Number.parseFloat(text)}%` as const);
const placeSchema = z.union([percentSchema, timeSchema], "Write a time such as 30s, or a share such as 25%.");

/** Where in a conversation: a time, or a share of its length. */
export type RangePlace = number | `${number}%`;

/** A part of a conversation: its first or last so much, or from one place to another. Times in ms, shares as "25%". */
export const rangeSchema = z
  .strictObject({
    first: placeSchema.optional(),
    last: placeSchema.optional(),
    from: placeSchema.optional(),
    to: placeSchema.optional(),
  })
  .refine(
    ({ first, last, from, to }) =>
      [first !== undefined, last !== undefined, from !== undefined || to !== undefined].filter(Boolean).length === 1,
    "Name one of: first, last, or from with to.",
  )
  .refine(
    ({ from, to }) =>
      from === undefined ||
      to === undefined ||
      typeof from !== typeof to ||
      Number.parseFloat(String(from)) < Number.parseFloat(String(to)),
    "'from' has to lie before 'to'.",
  );
/** A part of a conversation. */
export type RuleRange = z.infer<typeof rangeSchema>;

/** Feelings a rule can ask for. */
export const sentimentLabelSchema = z.enum(["positive", "negative", "neutral", "mixed"]);
/** A feeling. */
export type SentimentLabel = z.infer<typeof sentimentLabelSchema>;

/** Figures of a conversation that a rule can compare. Times are in milliseconds, shares from 0 to 1. */
export const measureNames = [
  "duration",
  "turns",
  "words",
  "talkShare",
  "talkTime",
  "wordsPerMinute",
  "longestTurn",
  "interruptions",
  "silences",
  "longestSilence",
  "nonTalkShare",
  "overlap",
  "longestWaitForReply",
] as const;
/** A figure of a conversation. */
export type MeasureName = (typeof measureNames)[number];

const phraseSchema = z.string().trim().min(1, "A phrase needs words.").max(2_000);
const bounds = { by: roleSchema.optional(), in: rangeSchema.optional(), negate: z.boolean().optional() };
const atLeast = { atLeast: z.int().min(1).max(1_000).optional() };

const saidSchema = z.strictObject({
  said: z
    .union(
      [phraseSchema.transform((phrase) => [phrase]), z.array(phraseSchema).min(1).max(500)],
      "Name a phrase or a list of phrases.",
    )
    .describe("phrases"),
  match: z.enum(["exact", "near"]).optional(),
  inflected: z.boolean().optional(),
  ...bounds,
  ...atLeast,
});
const patternSchema = z.strictObject({ pattern: z.string().min(1).max(1_000), ...bounds, ...atLeast });
const maskedSchema = z.strictObject({ masked: z.array(z.string().trim().min(1)).max(50), ...bounds, ...atLeast });
const silenceSchema = z.strictObject({ silence: timeSchema, in: bounds.in, negate: bounds.negate });
const interruptionSchema = z.strictObject({ interruption: timeSchema, ...bounds });
const sentimentSchema = z.strictObject({
  sentiment: z.union([sentimentLabelSchema.transform((one) => [one]), z.array(sentimentLabelSchema).min(1)]).optional(),
  score: z.strictObject({ above: z.number().min(-5).max(5).optional(), below: z.number().min(-5).max(5).optional() }).optional(),
  quarter: z.int().min(1).max(4).optional(),
  ...bounds,
  ...atLeast,
});
const measureSchema = z
  .strictObject({
    measure: z.enum(measureNames),
    by: roleSchema.optional(),
    above: z.union([z.number(), timeSchema]).optional(),
    below: z.union([z.number(), timeSchema]).optional(),
    negate: z.boolean().optional(),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, "Say 'above' or 'below' what.");

/** Words said: phrases in the given order, exactly or nearly. */
export type SaidRule = z.infer<typeof saidSchema>;
/** A regular expression of RE2's syntax over each turn as written, case aside. */
export type PatternRule = z.infer<typeof patternSchema>;
/** Something was masked: card number, name; any kind where the list is empty. */
export type MaskedRule = z.infer<typeof maskedSchema>;
/** Nobody spoke for at least so long at a stretch. */
export type SilenceRule = z.infer<typeof silenceSchema>;
/** Interruptions of at least so long altogether. */
export type InterruptionRule = z.infer<typeof interruptionSchema>;
/** Turns of a feeling, or a mean score (-5 to 5) beyond a threshold, also of one quarter. */
export type SentimentRule = z.infer<typeof sentimentSchema>;
/** A figure above or below a value. */
export type MeasureRule = z.infer<typeof measureSchema>;
/** One after the other, within so long, or so many turns. A last step that is a `not` asks for its absence after the one before. */
export interface SequenceRule {
  readonly sequence: readonly Rule[];
  readonly within?: number | undefined;
  readonly withinTurns?: number | undefined;
  /** Of two steps: whichever comes first. */
  readonly anyOrder?: boolean | undefined;
  readonly in?: RuleRange | undefined;
  readonly negate?: boolean | undefined;
}
/** A rule: a condition, or a group of rules. */
export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | SaidRule
  | PatternRule
  | MaskedRule
  | SilenceRule
  | InterruptionRule
  | SentimentRule
  | MeasureRule
  | SequenceRule;

const groupSchema = z
  .array(z.lazy(() => ruleSchema))
  .min(1, "A group needs a rule.")
  .max(100);
const sequenceSchema = z
  .strictObject({
    sequence: z
      .array(z.lazy(() => ruleSchema))
      .min(2, "A sequence has two steps or more.")
      .max(10),
    within: timeSchema.optional(),
    withinTurns: z.int().min(0).max(1_000).optional(),
    anyOrder: z.boolean().optional(),
    in: rangeSchema.optional(),
    negate: z.boolean().optional(),
  })
  .superRefine(({ sequence, anyOrder }, context) => {
    for (const [index, step] of sequence.entries()) {
      const last = index === sequence.length - 1;
      const denied = "not" in step && last && anyOrder !== true ? step.not : step;
      if (!isPlaced(denied)) {
        const message =
          "A step has to be found at a place: said, pattern, masked, silence, interruption, sentiment, or any of these.";
        context.addIssue({ code: "custom", path: ["sequence", index], message });
      }
    }
    if (anyOrder === true && sequence.length !== 2) {
      context.addIssue({ code: "custom", path: ["anyOrder"], message: "'anyOrder' is for two steps." });
    }
  });

/** Whether what a rule finds lies at places, so that something can come before or after it. */
function isPlaced(rule: Rule): boolean {
  if ("any" in rule) return rule.any.every(isPlaced);
  if ("all" in rule || "not" in rule || "measure" in rule || "sequence" in rule) return false;
  if (rule.negate === true) return false;
  return !("score" in rule && rule.score !== undefined);
}

const kinds: Readonly<Record<string, z.ZodType>> = {
  all: z.strictObject({ all: groupSchema }),
  any: z.strictObject({ any: groupSchema }),
  not: z.strictObject({ not: z.lazy(() => ruleSchema) }),
  said: saidSchema,
  pattern: patternSchema,
  masked: maskedSchema,
  silence: silenceSchema,
  interruption: interruptionSchema,
  sentiment: sentimentSchema,
  score: sentimentSchema,
  measure: measureSchema,
  sequence: sequenceSchema,
};

/** What each kind of rule holds, by the name that tells it: for whoever publishes the language or builds on it. */
export const ruleKinds: Readonly<Record<string, z.ZodType>> = kinds;

/** Deepest that groups may stand in groups. */
export const deepestRule = 20;

/** A rule, parsed; times come out as milliseconds. What is wrong is said of the place it stands at. */
export const ruleSchema: z.ZodType<Rule, unknown> = z.unknown().transform((value, context): Rule => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    context.addIssue(`A rule names one of: ${Object.keys(kinds).join(", ")}.`);
    return z.NEVER;
  }
  const named = Object.keys(kinds).filter((key) => Object.hasOwn(value, key));
  const [kind] = named.length === 2 && named.includes("sentiment") && named.includes("score") ? ["sentiment"] : named;
  if (kind === undefined || (named.length > 1 && kind !== "sentiment")) {
    const found = named.length > 1 ? `This one names ${named.join(" and ")}: put them into a group (all, any).` : "";
    context.addIssue(`A rule names one of: ${Object.keys(kinds).join(", ")}. ${found}`.trim());
    return z.NEVER;
  }
  const parsed = kinds[kind]?.safeParse(value);
  if (parsed === undefined || !parsed.success) {
    for (const issue of parsed?.error.issues ?? []) {
      const message = plainIssue(issue);
      context.addIssue({ code: "custom", path: [...issue.path], message });
    }
    return z.NEVER;
  }
  return parsed.data as Rule;
});

/** What is wrong in words for people who write rules: what may stand there, where that is a closed set. */
export function plainIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue.keys);
    case "invalid_value":
      return `Here can stand: ${issue.values.map(String).join(", ")}.`;
    default:
      return issue.message;
  }
}

/** What to say of names that mean nothing where they stand. */
export function unknownKeys(keys: readonly string[]): string {
  return `Nothing is called ${keys.map((key) => `'${key}'`).join(", ")} here. Check the spelling.`;
}

/** A category: a rule with a name. */
export const categorySchema = z.strictObject({
  /** Names it for good: letters, digits, dot, hyphen and underscore, as Call Analytics' category names. */
  id: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[0-9A-Za-z._-]+$/u, "An id has letters, digits, dots, hyphens and underscores."),
  name: z.string().trim().min(1).max(200),
  description: z.string().trim().max(1_000).default(""),
  /** What one hopes for; null where neither is better. */
  wanted: z.enum(["present", "absent"]).nullable().default(null),
  /** Conversations it is for; all where it is left out. */
  kind: z.enum(["call", "chat"]).nullable().default(null),
  /** Looked for; a category that is not keeps its rule and has no results. */
  enabled: z.boolean().default(true),
  rule: ruleSchema.superRefine((rule, context) => {
    if (depthOf(rule) > deepestRule) context.addIssue(`Groups stand in groups ${deepestRule} deep at most.`);
  }),
});
/** A category: a rule with a name. */
export type Category = z.infer<typeof categorySchema>;

/** A file of categories. */
export const categoriesFileSchema = z
  .strictObject({ version: z.literal(1).default(1), categories: z.array(categorySchema).min(1).max(1_000) })
  .superRefine(({ categories }, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of categories.entries()) {
      const message = `There is another category '${id}'.`;
      if (seen.has(id)) context.addIssue({ code: "custom", path: ["categories", index, "id"], message });
      seen.add(id);
    }
  });

function depthOf(rule: Rule): number {
  const inner =
    "all" in rule ? rule.all : "any" in rule ? rule.any : "not" in rule ? [rule.not] : "sequence" in rule ? rule.sequence : [];
  return 1 + inner.reduce((deepest, one) => Math.max(deepest, depthOf(one)), 0);
}

/** Raised when the same rule would find something else in the same transcript. */
export const ruleEngineVersion = 1;

/** Everything that a category's result depends on besides the conversation, as JSON: hash it to name the rule. */
export function ruleIdentity({ rule, kind }: Category): unknown {
  return { engine: ruleEngineVersion, kind, rule };
}

/** Whether a rule reads what turns felt like. */
export function readsSentiment(rule: Rule): boolean {
  if ("all" in rule) return rule.all.some(readsSentiment);
  if ("any" in rule) return rule.any.some(readsSentiment);
  if ("not" in rule) return readsSentiment(rule.not);
  if ("sequence" in rule) return rule.sequence.some(readsSentiment);
  return "sentiment" in rule || "score" in rule;
}
