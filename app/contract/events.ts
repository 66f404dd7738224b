import { z } from "zod";
import { jobViewSchema, modelViewSchema } from "./views.ts";

/** What the backend tells every open page, by name. Delivery is at most once: a page that reconnects reads afresh. */
export const events = {
  /** A job began, moved on, ended. At most ten times a second per job. */
  "job.changed": z.object({ job: jobViewSchema }),
  /** A conversation's own data changed: read it again. */
  "conversation.changed": z.object({ id: z.string() }),
  /** Conversations came, went, or changed in the list. */
  "library.changed": z.object({}),
  /** A model came, went, or moved on in its download. */
  "model.changed": z.object({ model: modelViewSchema }),
  "settings.changed": z.object({}),
} as const;

/** The name of an event. */
export type EventName = keyof typeof events;
/** What an event carries. */
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>;
