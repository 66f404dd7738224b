import { z } from "zod";
import { anchorViewSchema } from "../conversation/anchors.ts";
import { spanSchema } from "../conversation/conversation.ts";
import { mentionSchema } from "../conversation/mentions.ts";
import { operationSchema } from "../conversation/operations.ts";
import { personalTypes } from "../insight/redaction-policy.ts";

/* What the page is shown of corrections, comments, bookmarks and drafts. */

/** What cannot be worked out anew at once when a transcript is corrected. */
export const staleWhatSchema = z.enum(["translation"]);
/** Something that was made from words which have changed since. */
export const staleSchema = z.object({
  what: staleWhatSchema,
  /** The turns it concerns, in order. */
  turnIds: z.array(z.string()),
});
/** Something that was made from words which have changed since. */
export type Stale = z.infer<typeof staleSchema>;

/** What the next undo, or redo, would be about. */
export const changeHintSchema = z.object({
  changeId: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  /** Kind of its first operation, for a text such as "Undo: merge turns". */
  kind: z.string(),
  operations: z.int().min(1),
});
/** What the next undo, or redo, would be about. */
export type ChangeHint = z.infer<typeof changeHintSchema>;

/** One entry of the history: what one undo takes back. */
export const changeSchema = z.object({
  changeId: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  /** Text that has been hidden since is masked in them. */
  operations: z.array(operationSchema).min(1),
  /** `undone`: taken back; `left-behind`: made on words of an earlier hearing, which this transcript has not. */
  state: z.enum(["holds", "undone", "left-behind"]),
  undoneAt: z.iso.datetime().nullable(),
  undoneBy: z.string().nullable(),
});
/** One entry of the history. */
export type Change = z.infer<typeof changeSchema>;

/** A change that was made on an earlier hearing and does not hold here, with what stands at its place now. */
export const leftBehindSchema = z.object({
  changeId: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  /** Text that has been hidden since is masked in them. */
  operations: z.array(operationSchema).min(1),
  /** When it was said; null where that was not kept. */
  place: spanSchema.nullable(),
  /** The turns and words that stand there now; empty where nobody speaks. */
  turnIds: z.array(z.string()),
  wordIds: z.array(z.string()),
  /** What is said there now. */
  now: z.string(),
  /** It can be made on what stands there now. */
  fits: z.boolean(),
  /** It also hides something, which stays hidden: it cannot be let go of here. */
  hides: z.boolean(),
});
/** A change that was made on an earlier hearing and does not hold here. */
export type LeftBehind = z.infer<typeof leftBehindSchema>;

/** What a comment says: card data in it is masked before it is kept. */
export const commentBodySchema = z.string().trim().min(1).max(10_000);

/** One comment of a thread. */
export const commentSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  /** Written under the name that this Earmark is set to: it can be edited and deleted here. */
  own: z.boolean(),
  /** Empty where it was deleted after it had been answered. */
  body: z.string(),
  mentions: z.array(mentionSchema),
  editedAt: z.iso.datetime().nullable(),
  deleted: z.boolean(),
});
/** One comment of a thread. */
export type CommentView = z.infer<typeof commentSchema>;

/** A comment and its answers. */
export const threadSchema = z.object({
  /** Id of its first comment. */
  id: z.string(),
  conversationId: z.string(),
  /** Null where it is on the conversation as a whole. */
  anchor: anchorViewSchema.nullable(),
  /** In order of time; never empty. */
  comments: z.array(commentSchema).min(1),
  resolved: z.object({ at: z.iso.datetime(), by: z.string() }).nullable(),
});
/** A comment and its answers. */
export type Thread = z.infer<typeof threadSchema>;

/** A place that a person wants to find again. */
export const bookmarkSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  author: z.string(),
  label: z.string(),
  anchor: anchorViewSchema,
});
/** A place that a person wants to find again. */
export type Bookmark = z.infer<typeof bookmarkSchema>;

/** A tag's name: one line, and without a comma, which parts tags where several are typed. */
export const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^,\p{Cc}]+$/u);

/** The field that a draft is typed into, as the page names it: "turn:t12", "comment:new", "reply:ID". */
export const draftPlaceSchema = z.string().min(1).max(200);

/** Text that was being typed when it was last saved. */
export const draftSchema = z.object({ place: draftPlaceSchema, text: z.string(), at: z.iso.datetime() });
/** Text that was being typed when it was last saved. */
export type Draft = z.infer<typeof draftSchema>;

/** The kinds of longer texts that are written on pages of their own, and kept while they are. */
export const draftedTextSchema = z.enum(["checklist", "prompt", "category"]);
/** A kind of longer text. */
export type DraftedText = z.infer<typeof draftedTextSchema>;

/** Something that rules have hidden and that can be brought back. */
export const originalViewSchema = z.object({
  id: z.string(),
  turnId: z.string(),
  /** Empty where it is a part of a text without words. */
  wordIds: z.array(z.string()),
  types: z.array(z.enum(personalTypes)),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  /** The last day on which it can be opened, in UTC. */
  until: z.iso.date(),
  /** A person has brought it back. */
  restored: z.boolean(),
});
/** Something that rules have hidden and that can be brought back. */
export type OriginalView = z.infer<typeof originalViewSchema>;
