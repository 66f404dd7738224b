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
  /** A model came, went, or moved on in its download. */
  "model.changed": z.object({ model: modelViewSchema }),
  "settings.changed": z.object({}),
} as const;

/** The name of an event. */
export type EventName = keyof typeof events;
/** What an event carries. */
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>;
