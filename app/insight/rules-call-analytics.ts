import { z } from "zod";
import type { Role } from "../conversation/conversation.ts";
import { type Category, longestTimeMs, type Rule, type RuleRange } from "./rules.ts";

/*
 * Category definitions of Amazon Transcribe Call Analytics: what `create-call-analytics-category` takes, and what
 * `get-` and `list-call-analytics-categories` answer. The shapes and limits are those of the service's API model.
 */

const timeSchema = z.number().min(0).max(longestTimeMs, "Call Analytics knows times up to 14400000 ms.");
const percentageSchema = z.number().min(0).max(100);
const absoluteSchema = z.strictObject({
  StartTime: timeSchema.optional(),
  EndTime: timeSchema.optional(),
  First: timeSchema.optional(),
  Last: timeSchema.optional(),
});
const relativeSchema = z.strictObject({
  StartPercentage: percentageSchema.optional(),
  EndPercentage: percentageSchema.optional(),
  First: percentageSchema.optional(),
  Last: percentageSchema.optional(),
});
const filter = {
  AbsoluteTimeRange: absoluteSchema.optional(),
  RelativeTimeRange: relativeSchema.optional(),
  Negate: z.boolean().optional(),
};
const participantSchema = z.enum(["AGENT", "CUSTOMER"]);
const ruleSchema = z
  .strictObject({
    NonTalkTimeFilter: z.strictObject({ Threshold: timeSchema.optional(), ...filter }).optional(),
    InterruptionFilter: z
      .strictObject({ Threshold: timeSchema.optional(), ParticipantRole: participantSchema.optional(), ...filter })
      .optional(),
    TranscriptFilter: z
      .strictObject({
        TranscriptFilterType: z.literal("EXACT"),
        Targets: z.array(z.string().min(1).max(2_000)).min(1),
        ParticipantRole: participantSchema.optional(),
        ...filter,
      })
      .optional(),
    SentimentFilter: z
      .strictObject({
        Sentiments: z.array(z.enum(["NEGATIVE", "NEUTRAL", "POSITIVE", "MIXED"])).min(1),
        ParticipantRole: participantSchema.optional(),
        ...filter,
      })
      .optional(),
  })
  .refine((rule) => Object.values(rule).filter((one) => one !== undefined).length === 1, "A rule is one filter of the four.");
const propertiesSchema = z.looseObject({
  CategoryName: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[0-9a-zA-Z._-]+$/u, "A category's name has letters, digits, dots, hyphens and underscores."),
  Rules: z.array(ruleSchema).min(1).max(20, "A category of Call Analytics has 20 rules at most."),
});

/** Says what is wrong at a path, and does not come back. */
export type Refuse = (path: readonly PropertyKey[], message: string) => never;

/** Whether parsed data is a definition of a category for Call Analytics, or a list of them. */
export function isCallAnalyticsCategories(value: unknown): boolean {
  return listIn(value) !== null;
}

function listIn(value: unknown): { readonly path: readonly PropertyKey[]; readonly one: unknown }[] | null {
  if (Array.isArray(value)) {
    return value.length > 0 && value.every(isDefinition) ? value.map((one, index) => ({ path: [index], one })) : null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (isDefinition(value)) return [{ path: [], one: value }];
  const { CategoryProperties: single, Categories: several } = value as Record<string, unknown>;
  if (isDefinition(single)) return [{ path: ["CategoryProperties"], one: single }];
  if (!Array.isArray(several)) return null;
  return several.map((one, index) => ({ path: ["Categories", index], one }));
}

function isDefinition(value: unknown): boolean {
  return typeof value === "object" && value !== null && "CategoryName" in value && "Rules" in value;
}

/** Turns definitions for Call Analytics into categories. What is wrong is said through `refuse`, at its path. */
export function categoriesFromCallAnalytics(value: unknown, refuse: Refuse): { categories: Category[]; notes: string[] } {
  const notes = new Set<string>();
  const categories = (listIn(value) ?? []).map(({ path, one }): Category => {
    const parsed = propertiesSchema.safeParse(one);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message =
        issue?.code === "unrecognized_keys"
          ? `Call Analytics knows nothing called ${issue.keys.join(", ")} here.`
          : issue?.message;
      return refuse([...path, ...(issue?.path ?? [])], message ?? "");
    }
    const { CategoryName: id, Rules: rules, ...rest } = parsed.data;
    for (const key of ["Tags", "InputType", "CreateTime", "LastUpdateTime"]) {
      if (key in rest) notes.add(`${key} is not kept: it has no meaning outside of the service.`);
    }
    const all = rules.map((rule, index): Rule => toRule(rule, (message) => refuse([...path, "Rules", index], message)));
    const [only] = all;
    return {
      id,
      name: id.replaceAll(/[_]+/gu, " ").trim() || id,
      description: "",
      wanted: null,
      kind: null,
      enabled: true,
      rule: all.length === 1 && only !== undefined ? only : { all },
    };
  });
  const ids = new Set<string>();
  for (const [index, { id }] of categories.entries()) {
    if (ids.has(id)) refuse(Array.isArray(value) ? [index] : ["Categories", index], `There is another category '${id}'.`);
    ids.add(id);
  }
  return { categories, notes: [...notes] };
}

const feelings = { NEGATIVE: "negative", NEUTRAL: "neutral", POSITIVE: "positive", MIXED: "mixed" } as const;

function toRule(rule: z.infer<typeof ruleSchema>, refuse: (message: string) => never): Rule {
  const {
    NonTalkTimeFilter: nonTalk,
    InterruptionFilter: interruption,
    TranscriptFilter: words,
    SentimentFilter: sentiment,
  } = rule;
  const shared = (one: z.infer<z.ZodObject<typeof filter>> & { ParticipantRole?: "AGENT" | "CUSTOMER" | undefined }) => {
    const role: Role | undefined =
      one.ParticipantRole === undefined ? undefined : one.ParticipantRole === "AGENT" ? "agent" : "customer";
    const range = toRange(one, refuse);
    return {
      ...(role === undefined ? {} : { by: role }),
      ...(range === null ? {} : { in: range }),
      ...(one.Negate === true ? { negate: true } : {}),
    };
  };
  if (words !== undefined) return { said: words.Targets, match: "exact", ...shared(words) };
  if (nonTalk !== undefined) return { silence: nonTalk.Threshold ?? 0, ...shared(nonTalk) };
  if (interruption !== undefined) return { interruption: interruption.Threshold ?? 0, ...shared(interruption) };
  if (sentiment !== undefined) return { sentiment: sentiment.Sentiments.map((one) => feelings[one]), ...shared(sentiment) };
  return refuse("A rule is one filter of the four.");
}

function toRange(
  { AbsoluteTimeRange: absolute, RelativeTimeRange: relative }: z.infer<z.ZodObject<typeof filter>>,
  refuse: (message: string) => never,
): RuleRange | null {
  if (absolute !== undefined && relative !== undefined) refuse("Name an absolute or a relative time range, not both.");
  const places = {
    first: absolute?.First ?? percent(relative?.First),
    last: absolute?.Last ?? percent(relative?.Last),
    from: absolute?.StartTime ?? percent(relative?.StartPercentage),
    to: absolute?.EndTime ?? percent(relative?.EndPercentage),
  };
  const { first, last, from, to } = places;
  const ways = [first !== undefined, last !== undefined, from !== undefined || to !== undefined].filter(Boolean).length;
  if (ways === 0)
    return absolute === undefined && relative === undefined
      ? null
      : refuse("A time range names First, Last, or a start and an end.");
  if (ways > 1) refuse("A time range names one of: First, Last, or a start and an end.");
  if (from !== undefined && to !== undefined && Number.parseFloat(String(from)) >= Number.parseFloat(String(to))) {
    refuse("A time range starts before it ends.");
  }
  return Object.fromEntries(Object.entries(places).filter(([, place]) => place !== undefined));
}

function percent(value: number | undefined): `${number}%` | undefined {
  return value === undefined ? undefined : `${value}%`;
}
