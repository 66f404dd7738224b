import { z } from "zod";
import { millisecondsSchema, roleSchema } from "./conversation.ts";

/*
 * A person's correction is an operation appended to the machine's transcript. The revision on screen is the transcript
 * with the operations applied in order (`apply-operations.ts`), so undo, audit and "what did the machine say" are one mechanism.
 *
 * Ids of words and turns last: what an operation does not name keeps its id. What it makes anew is named after the
 * operation, so that replaying it gives the same ids.
 */

const idSchema = z.string().min(1).max(200);
const wordIdsSchema = z.array(idSchema).min(1).max(5_000);
/** Longest text of one correction, in UTF-16 units. */
const longestText = 20_000;

/** Where a turn is taken apart: before a word, or, in a turn without words, at a moment and a place in its text. */
export const splitPlaceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("word"), wordId: idSchema }),
  z.object({
    kind: z.literal("time"),
    atMs: millisecondsSchema,
    /** UTF-16 offset into the text of a turn without words: what stands from there on goes into the second turn. */
    atCharacter: z.int().min(0).optional(),
  }),
]);
/** Where a turn is taken apart. */
export type SplitPlace = z.infer<typeof splitPlaceSchema>;

/** What is hidden: words, a stretch of time, or a part of the text of a turn without words. */
export const redactTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("words"), wordIds: wordIdsSchema }),
  z.object({
    kind: z.literal("time"),
    startMs: millisecondsSchema,
    endMs: millisecondsSchema,
    /** Whose words; everybody's where it is left out. The sound is muted for all. */
    participantId: idSchema.optional(),
  }),
  /** UTF-16 offsets into the text of a turn that has no words. */
  z.object({
    kind: z.literal("text"),
    turnId: idSchema,
    start: z.int().min(0),
    end: z.int().min(1),
    /** What stood before and after it; filled in when the operation is recorded, so that no other part is taken for it. */
    before: z.string().optional(),
    after: z.string().optional(),
  }),
]);
/** What is hidden. */
export type RedactTarget = z.infer<typeof redactTargetSchema>;

/** What a person can change about a transcript. */
export const operationSchema = z.discriminatedUnion("kind", [
  /** Exchanges agent and customer. */
  z.object({ kind: z.literal("swap-roles") }),
  z.object({ kind: z.literal("set-role"), participantId: z.string().min(1), role: roleSchema }),
  z.object({ kind: z.literal("rename-speaker"), participantId: z.string().min(1), name: z.string().trim().max(200) }),
  /**
   * Replaces adjoining words of one turn by a text; an empty text takes them out, and the turn with them when none is left.
   * Words that stay as they were keep id, times and confidence. Hidden words cannot be written over: their label stands in
   * the text where they stood.
   */
  z.object({ kind: z.literal("retext-words"), wordIds: wordIdsSchema, text: z.string().trim().max(longestText) }),
  /** The same for a whole turn, also one without words. An empty text takes the turn out. */
  z.object({ kind: z.literal("retext-turn"), turnId: idSchema, text: z.string().trim().max(longestText) }),
  z.object({ kind: z.literal("split-turn"), turnId: idSchema, at: splitPlaceSchema }),
  /** Joins neighbouring turns into the first of them: the next in order, or the next of the same participant. */
  z.object({ kind: z.literal("merge-turns"), turnIds: z.array(idSchema).min(2).max(200) }),
  z.object({ kind: z.literal("reassign-turn"), turnId: idSchema, participantId: idSchema }),
  /** Gives words to a participant, taking turns apart where needed; at the edge of a turn they join the neighbouring turn of that participant. */
  z.object({ kind: z.literal("reassign-words"), wordIds: wordIdsSchema, participantId: idSchema }),
  /** The caller names the new participant, so that the next operation can speak of it. */
  z.object({
    kind: z.literal("add-participant"),
    participantId: idSchema,
    role: roleSchema,
    name: z.string().trim().max(200).default(""),
  }),
  /** Gives all turns of one participant to another, over the whole conversation, and takes the first out. */
  z.object({ kind: z.literal("merge-participants"), participantId: idSchema, intoId: idSchema }),
  /** Moves a word, or a turn with its words when its length stays. Kept within the neighbouring words and the recording. */
  z.object({ kind: z.literal("retime-word"), wordId: idSchema, startMs: millisecondsSchema, endMs: millisecondsSchema }),
  z.object({ kind: z.literal("retime-turn"), turnId: idSchema, startMs: millisecondsSchema, endMs: millisecondsSchema }),
  /** Hides what was said: text, translation and sound. */
  z.object({
    kind: z.literal("redact"),
    target: redactTargetSchema,
    /** What stood there, in a word or two: "address". It is shown in brackets in its place. */
    label: z.string().trim().min(1).max(60),
    /** Why, where the person said it. */
    reason: z.string().trim().min(1).max(500).optional(),
    /**
     * When it was said, as times stood when it was hidden; filled in when the operation is recorded. Should the words not
     * be found again, because a correction before it was taken back, all that was said then is hidden.
     */
    spans: z.array(z.object({ startMs: millisecondsSchema, endMs: millisecondsSchema })).optional(),
  }),
  /**
   * Brings back what rules have hidden, by the ids of sealed originals: the page shows it, and its sound is heard. It holds
   * as long as the originals can be opened; search, exports and all that leaves this machine go on without them.
   */
  z.object({
    kind: z.literal("restore"),
    originals: z
      .array(z.object({ id: idSchema, turnId: idSchema, wordIds: z.array(idSchema).max(5_000) }))
      .min(1)
      .max(1_000),
    reason: z.string().trim().min(1).max(500),
  }),
  /** A person has heard the words and lets them stand: they are not in doubt any more. */
  z.object({ kind: z.literal("mark-doubt-settled"), wordIds: wordIdsSchema }),
]);
/** What a person can change about a transcript. */
export type Operation = z.infer<typeof operationSchema>;

/** When what an operation speaks of was said, as times stood when it was made: how its place is found in another hearing. */
export const madeAtSchema = z.object({
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  /** Whose words; null where they were several people's. */
  participantId: z.string().nullable(),
});
/** When what an operation speaks of was said. */
export type MadeAt = z.infer<typeof madeAtSchema>;

/** An operation with its author and its time. */
export const recordedOperationSchema = z.object({
  id: z.string().min(1),
  at: z.iso.datetime(),
  author: z.string(),
  /** The change it is part of: what one undo takes back. */
  changeId: z.string().min(1),
  operation: operationSchema,
  /** Absent where it speaks of no place, or was recorded before places were. */
  made: madeAtSchema.optional(),
});
/** An operation with its author and its time. */
export type RecordedOperation = z.infer<typeof recordedOperationSchema>;

/** An operation under the id that what it makes is named after. */
export type NamedOperation = Pick<RecordedOperation, "id" | "operation" | "made">;
