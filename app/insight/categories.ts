import { z } from "zod";
import { type Conversation, millisecondsSchema, roleSchema } from "../conversation/conversation.ts";
import { type Category, measureNames } from "./rules.ts";
import { createEvaluator, type RuleInput } from "./rules-evaluate.ts";

/* What came of looking for categories in a conversation. It holds places and no words: those are read from the revision on screen. */

/** Where something is: word ids, or characters of a turn without words, and when (ms). */
export const rulePlaceSchema = z.object({
  turnId: z.string().nullable(),
  wordIds: z.array(z.string()).readonly(),
  chars: z.object({ from: z.int().min(0), to: z.int().min(0) }).nullable(),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
});
/** Where something was looked for in vain. */
export const searchedSchema = z.object({
  what: z.string(),
  role: roleSchema.nullable(),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  words: z.int().min(0),
  turns: z.int().min(0),
});
/** A figure that was compared. */
export const figureSchema = z.object({ name: z.enum(measureNames), role: roleSchema.nullable(), value: z.number() });
/** Why something could not be judged. */
export const unjudgedSchema = z.enum(["no-words", "no-turns", "role-unknown", "no-sentiment", "no-sound", "not-measured"]);

/** A category of a conversation: there, not there, or not to be judged; and what that rests on. */
export const categoryResultSchema = z.object({
  outcome: z.enum(["present", "absent", "unknown"]),
  /** What it rests on where it is present, in order of time. */
  places: z.array(rulePlaceSchema),
  /** What was found that should not have been, where it is absent. */
  against: z.array(rulePlaceSchema),
  searched: z.array(searchedSchema),
  figures: z.array(figureSchema),
  unjudged: z.array(unjudgedSchema),
});
/** A category of a conversation. */
export type CategoryResult = z.infer<typeof categoryResultSchema>;

/** Places that are kept of one category in one conversation. */
export const mostPlaces = 200;

/** Whether a category is for conversations of this kind. */
export function isFor({ kind, enabled }: Category, conversation: Pick<Conversation, "kind">): boolean {
  return enabled && (kind === null || kind === conversation.kind);
}

/** Looks for categories in a conversation, whose words are indexed once for all of them. Those for another kind have no result. */
export function categorise(input: RuleInput, categories: readonly Category[]): Map<string, CategoryResult> {
  const evaluate = createEvaluator(input);
  return new Map(
    categories
      .filter((category) => isFor(category, input.conversation))
      .map(({ id, rule }) => {
        const { holds, places, against, searched, figures, unjudged } = evaluate(rule);
        return [
          id,
          {
            outcome: holds === null ? "unknown" : holds ? "present" : "absent",
            places: kept(places),
            against: kept(against),
            searched: searched.slice(0, 20),
            figures: [...figures],
            unjudged: [...unjudged],
          },
        ];
      }),
  );
}

function kept<T extends { readonly startMs: number; readonly endMs: number }>(places: readonly T[]): T[] {
  return [...places].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs).slice(0, mostPlaces);
}
