import { z } from "zod";
import { channelSchema } from "../conversation/conversation.ts";
import { reviewReasonSchema, samplingPlanSchema } from "../conversation/sampling.ts";

/* Saved views, reviews and samples as the page is shown them. */

/** What the library can be sorted by. */
export const sortKeys = [
  "startedAt",
  "importedAt",
  "title",
  "durationMs",
  "agentTalkShare",
  "nonTalkMs",
  "interruptions",
  "agent",
  "customer",
  "queue",
  "channel",
  "direction",
  "language",
  "turns",
  "agentSentiment",
  "customerSentiment",
  "topic",
  "score",
  "review",
  "relevance",
] as const;
/** What the library can be sorted by. */
export type SortKey = (typeof sortKeys)[number];

/** How the library is looked at: search, order, columns with their widths in pixels (null: as wide as it likes). */
export const libraryLookSchema = z.object({
  text: z.string().max(1_000),
  sortBy: z.enum(sortKeys),
  direction: z.enum(["ascending", "descending"]),
  /** By name, in order; a name that this Earmark does not know is passed over. */
  columns: z.array(z.object({ name: z.string().max(40), width: z.int().min(40).max(1_200).nullable() })).max(60),
});
/** How the library is looked at. */
export type LibraryLook = z.infer<typeof libraryLookSchema>;

/** How a person has the library's table, whatever is searched for. */
export const libraryTableLookSchema = libraryLookSchema.omit({ text: true });
/** How a person has the library's table. */
export type LibraryTableLook = z.infer<typeof libraryTableLookSchema>;

/** A name for something that a person saves. */
export const savedNameSchema = z.string().trim().min(1).max(100);

/** A view under its name. */
export const savedViewSchema = z.object({ id: z.string(), name: z.string(), look: libraryLookSchema });
/** A view under its name. */
export type SavedView = z.infer<typeof savedViewSchema>;

/** What goes when conversations are deleted. */
export const deletionSchema = z.object({
  conversations: z.int().min(0),
  calls: z.int().min(0),
  /** Of the library's own copies. */
  originalBytes: z.number().min(0),
  durationMs: z.number().min(0),
  corrections: z.int().min(0),
  comments: z.int().min(0),
  bookmarks: z.int().min(0),
  reviews: z.int().min(0),
  inWork: z.int().min(0),
  /** Rows by table: what the certificate in the ledger names. */
  rows: z.record(z.string(), z.int().min(0)),
  /** The originals and what was made of them. */
  files: z.int().min(0),
  fileBytes: z.number().min(0),
  /** Some of the titles. */
  titles: z.array(z.string()),
});
/** What goes when conversations are deleted. */
export type Deletion = z.infer<typeof deletionSchema>;

/** A conversation that waits for somebody's review. */
export const dueReviewSchema = z.object({
  conversationId: z.string(),
  title: z.string(),
  channel: channelSchema,
  startedAt: z.iso.datetime().nullable(),
  timeZone: z.string().nullable(),
  durationMs: z.int().min(0).nullable(),
  agent: z.string().nullable(),
  customer: z.string().nullable(),
  assignee: z.string(),
  assignedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  reason: reviewReasonSchema,
  /** Work on it has begun: so long it was open for review. */
  spentMs: z.int().min(0),
  begun: z.boolean(),
});
/** A conversation that waits for somebody's review. */
export type DueReview = z.infer<typeof dueReviewSchema>;

/** The review of a conversation by the present reviewer. */
export const reviewStateSchema = z.object({
  /** Whose it waits for; null when nobody's. */
  assignee: z.string().nullable(),
  dueAt: z.iso.datetime().nullable(),
  reason: reviewReasonSchema.nullable(),
  spentMs: z.int().min(0),
  finishedAt: z.iso.datetime().nullable(),
  /** The next that waits for the present reviewer, and how many do, this one not counted. */
  next: z.string().nullable(),
  waiting: z.int().min(0),
});
/** The review of a conversation by the present reviewer. */
export type ReviewState = z.infer<typeof reviewStateSchema>;

/** A plan under its name. */
export const savedPlanSchema = z.object({ id: z.string(), name: z.string(), plan: samplingPlanSchema });
/** A plan under its name. */
export type SavedPlan = z.infer<typeof savedPlanSchema>;

/** A sample that was drawn, with all that is needed to draw it again. */
export const samplingRunSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  name: z.string(),
  plan: samplingPlanSchema,
  seed: z.string(),
  /** Candidates there were. */
  population: z.int().min(0),
  /** Chosen ones that are still in the library, and how many of those have been reviewed since. */
  chosen: z.int().min(0),
  reviewed: z.int().min(0),
});
/** A sample that was drawn. */
export type SamplingRun = z.infer<typeof samplingRunSchema>;
