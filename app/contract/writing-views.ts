import { z } from "zod";
import { stalenessSchema } from "../conformity/evidence.ts";
import { largestPrompt, promptKinds, promptOutputKinds, promptUseSchema } from "../conformity/writing/prompt.ts";
import { writingSchema } from "../conformity/writing/writing.ts";
import { shownEvidenceSchema } from "./conformity-views.ts";
import { failureSchema } from "./errors.ts";

/* What a language model is told, and what it wrote of a conversation, as pages and commands are shown it. */

/** Where a prompt comes from. */
export const promptOriginSchema = z.enum(["ready-made", "person"]);
/** Where a prompt comes from. */
export type PromptOrigin = z.infer<typeof promptOriginSchema>;

/** What names a prompt or a workflow. */
export const promptPlaceSchema = z.object({ kind: z.enum(promptKinds), id: z.string().min(1).max(100) });
/** The text of one, as it is being written. */
export const promptTextSchema = z.string().max(largestPrompt);

/** A prompt or a workflow of the library. */
export const promptViewSchema = promptPlaceSchema.extend({
  version: z.int().min(1),
  title: z.string(),
  /** Of a workflow. */
  description: z.string(),
  /** What a prompt is for, and what it is answered with; null of a workflow. */
  use: promptUseSchema.nullable(),
  output: z.enum(promptOutputKinds).nullable(),
  /** Ids of a workflow's prompts, in order; empty of a prompt. */
  prompts: z.array(z.string()),
  origin: promptOriginSchema,
  /** It is run where all are, and shown where nothing was written by it yet. */
  enabled: z.boolean(),
  /** Earmark cannot do without it: it can be written otherwise, and neither turned off nor deleted. */
  needed: z.boolean(),
  /** Conversations that have something written by it. */
  writings: z.int().min(0),
  /** When it was changed last. */
  at: z.iso.datetime(),
});
/** A prompt or a workflow of the library. */
export type PromptView = z.infer<typeof promptViewSchema>;

/** A quote, what stands there now, and why it is not what it was; null where it is. */
export const shownQuoteSchema = shownEvidenceSchema.extend({ stale: stalenessSchema.nullable() });
/** A quote and what stands there now. */
export type ShownQuote = z.infer<typeof shownQuoteSchema>;

/** What was written of a conversation by a prompt. */
export const writingViewSchema = writingSchema.omit({ evidence: true, searched: true, hidden: true, promptHash: true }).extend({
  id: z.string(),
  at: z.iso.datetime(),
  /** What it rests on; the entries of a list name their own by their place here. */
  quotes: z.array(shownQuoteSchema),
  /** What was looked for in vain, where it rests on that. */
  searched: z.array(z.string()),
  /** Why it does not hold as it stands; empty where it does. */
  stale: z.array(stalenessSchema),
  /** The version that it would be written by now; null where the prompt is gone. */
  latestVersion: z.int().min(1).nullable(),
  /** Earlier ones of the same prompt. */
  earlier: z.int().min(0),
});
/** What was written of a conversation by a prompt. */
export type WritingView = z.infer<typeof writingViewSchema>;

/** What is being written of a conversation now. */
export const writingRunSchema = z.object({
  /** Ids of prompts. */
  prompts: z.array(z.string()),
  /** From 0 to 1; null while it waits for its turn. */
  progress: z.number().min(0).max(1).nullable(),
});
/** What is being written of a conversation now. */
export type WritingRun = z.infer<typeof writingRunSchema>;

/** All that was written of a conversation, and what could be. */
export const writingsSchema = z.object({
  /** The summary without a language model: the sentences of the revision on screen that tell most; empty where too little was said. */
  picked: z.array(shownEvidenceSchema),
  /** The latest of each prompt: the enabled ones first, in their order. */
  writings: z.array(writingViewSchema),
  run: writingRunSchema.nullable(),
  /** Why the last run came to nothing; null where it did not. */
  failure: failureSchema.nullable(),
});
/** All that was written of a conversation. */
export type WritingsView = z.infer<typeof writingsSchema>;

/** What of writing happens by itself when a conversation is ready. */
export const writingSettingsSchema = z.object({
  whenReady: z.boolean(),
  /** The workflow that is run; null for all prompts that are turned on. */
  workflow: z.string().max(100).nullable(),
  /** Whether questions of checklists that are a writer's are answered too. */
  evaluations: z.boolean(),
});
