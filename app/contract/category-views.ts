import { z } from "zod";
import { millisecondsSchema, roleSchema } from "../conversation/conversation.ts";
import { categoryResultSchema, figureSchema, rulePlaceSchema, searchedSchema, unjudgedSchema } from "../insight/categories.ts";
import { spanKinds } from "../insight/issues-actions.ts";
import { categorySchema } from "../insight/rules.ts";

/* Categories, issues and drivers as pages and commands are shown them. */

/** Where a category comes from. */
export const categoryOriginSchema = z.enum(["ready-made", "person", "call-analytics"]);
/** Whether a category is there, not there, or cannot be judged. */
export const categoryOutcomeSchema = categoryResultSchema.shape.outcome;

/** A category of the library, and how many conversations have it. */
export const categoryViewSchema = z.object({
  category: categorySchema,
  origin: categoryOriginSchema,
  /** Its rule as a sentence. */
  sentence: z.string(),
  present: z.int().min(0),
  absent: z.int().min(0),
  unknown: z.int().min(0),
});
/** A category of the library. */
export type CategoryView = z.infer<typeof categoryViewSchema>;

/** A place with the words that stand there now. */
export const quotedPlaceSchema = rulePlaceSchema.extend({ quote: z.string(), role: roleSchema.nullable() });
/** A place with the words that stand there now. */
export type QuotedPlace = z.infer<typeof quotedPlaceSchema>;

/** A category in a conversation, with what that rests on. */
export const categoryFindingSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  wanted: z.enum(["present", "absent"]).nullable(),
  sentence: z.string(),
  outcome: categoryOutcomeSchema,
  places: z.array(quotedPlaceSchema),
  against: z.array(quotedPlaceSchema),
  searched: z.array(searchedSchema),
  figures: z.array(figureSchema),
  unjudged: z.array(unjudgedSchema),
});
/** A category in a conversation. */
export type CategoryFinding = z.infer<typeof categoryFindingSchema>;

/** A sentence that tells of an issue, an action or an outcome, found by cues. */
export const tellingSpanSchema = quotedPlaceSchema.extend({ kind: z.enum(spanKinds) });
/** A sentence that tells of an issue, an action or an outcome. */
export type TellingSpanView = z.infer<typeof tellingSpanSchema>;

/** Matches of a rule that is being written, over the library. */
export const ruleTrialSchema = z.object({
  sentence: z.string(),
  present: z.int().min(0),
  absent: z.int().min(0),
  unknown: z.int().min(0),
  /** Conversations that were looked at, of how many; fewer where time ran out. */
  looked: z.int().min(0),
  of: z.int().min(0),
  matches: z.array(
    z.object({
      conversationId: z.string(),
      title: z.string(),
      kind: z.enum(["call", "chat"]),
      places: z.array(quotedPlaceSchema),
    }),
  ),
});
/** Matches of a rule that is being written. */
export type RuleTrial = z.infer<typeof ruleTrialSchema>;

/** A driver with its statistic; see `app/insight/drivers.ts`. */
export const driverSchema = z.object({
  term: z.string(),
  name: z.string(),
  counts: z.array(z.int().min(0)),
  share: z.number(),
  shareBefore: z.number(),
  g2: z.number().min(0),
  z: z.number(),
  q: z.number(),
  direction: z.enum(["rising", "falling", "steady"]),
  /** Whether there is enough on both sides to say anything of a difference. */
  told: z.boolean(),
  conversationIds: z.array(z.string()),
});
/** What a driver is of. */
export const driverKinds = ["topics", "categories", "entities", "phrases"] as const;
/** What a driver is of. */
export type DriverKind = (typeof driverKinds)[number];

/** What conversations are about, by period. */
export const driversSchema = z.object({
  periods: z.array(z.object({ startsAt: z.iso.datetime(), conversations: millisecondsSchema })),
  /** Phrases that are said in the same conversations; `term` holds them, a line each. */
  topics: z.array(driverSchema),
  categories: z.array(driverSchema),
  /** Places, organisations, products, amounts and what a string map names; `term` is the kind, a tab, and the value. */
  entities: z.array(driverSchema),
  phrases: z.array(driverSchema),
});
/** What conversations are about, by period. */
export type DriversView = z.infer<typeof driversSchema>;
