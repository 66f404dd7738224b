import { z } from "zod";
import { jobViewSchema, modelViewSchema, partialTranscriptSchema } from "./views.ts";

/** What the backend tells every open page, by name. Delivery is at most once: a page that reconnects reads afresh. */
export const events = {
  /** A job began, moved on, ended. At most ten times a second per job. */
  "job.changed": z.object({ job: jobViewSchema }),
  /** A conversation's own data changed: read it again. */
  "conversation.changed": z.object({ id: z.string() }),
  /** Comments or bookmarks of a conversation changed: list them again. */
  "comment.changed": z.object({ conversationId: z.string() }),
  /**
   * More of a call has been heard: the turns stand in place of those told before from index `from` on. About once a second.
   * Who has fewer than `from` has missed some and reads the conversation.
   */
  "conversation.partial": z.object({
    id: z.string(),
    from: z.int().min(0),
    ...partialTranscriptSchema.shape,
  }),
  /** Conversations came, went, or changed in the list. */
  "library.changed": z.object({}),
  /** Reviews, assignments, saved views or sampling plans changed. */
  "review.changed": z.object({}),
  /** An evaluation of a conversation changed, or a checklist did (then without one). */
  "evaluation.changed": z.object({ conversationId: z.string().nullable() }),
  /** Something is being written of a conversation, was written, or came to nothing; without one, a prompt or workflow changed. */
  "writing.changed": z.object({ conversationId: z.string().nullable() }),
  /** How far writing of a conversation is, from 0 to 1. At most five times a second. */
  "writing.progress": z.object({ conversationId: z.string(), progress: z.number().min(0).max(1) }),
  /** Answers to a question came, went or became stale, or the question did. */
  "question.changed": z.object({ id: z.string() }),
  /** Which conversations are of one customer changed, or what is said of that. At most every half second. */
  "journey.changed": z.object({}),
  /** A model came, went, or moved on in its download. */
  "model.changed": z.object({ model: modelViewSchema }),
  /** Sources of conversations, or how their files stand, changed. At most twice a second. */
  "intake.changed": z.object({}),
  "settings.changed": z.object({}),
  /** A bundle of reports has come so far through its conversations; the report of a period through its evaluations. */
  "report.writing": z.object({ done: z.int().min(0) }),
  /** Entries were written into the ledger. At most once a second. */
  "ledger.changed": z.object({}),
  /** So many entries of the ledger have been verified. */
  "ledger.verifying": z.object({ done: z.int().min(0), of: z.int().min(0) }),
} as const;

/** The name of an event. */
export type EventName = keyof typeof events;
/** What an event carries. */
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>;
