import { z } from "zod";
import { type Span, spanSchema } from "../../conversation/conversation.ts";
import { absenceSchema, evidenceSchema, type ReadRevision } from "../evidence.ts";
import { promptNameSchema, writtenValueSchema } from "./asked.ts";
import { type Prompt, promptOutputSchema } from "./prompt.ts";
import { absencesOf, callsOf, evidenceOfQuotes, faultSchema, modelCallSchema, takenBy, type Written } from "./written.ts";

/* What a writer wrote of a conversation by one prompt, as it is kept: it says by itself what was asked, of whom, and on which words it rests. */

/** What was written by one prompt in one run. */
export const writingSchema = z.object({
  prompt: promptNameSchema,
  /** SHA-256 over the prompt as canonical JSON. */
  promptHash: z.string(),
  /** As they were when it was written. */
  title: z.string(),
  output: promptOutputSchema,
  /** Null where it is left to a person. */
  value: writtenValueSchema.nullable(),
  justification: z.string(),
  confidence: z.number().min(0).max(1).nullable(),
  /** What it rests on; the entries of a list name their own by their place here. */
  evidence: z.array(evidenceSchema),
  /** What was looked for in vain, where it rests on that. */
  searched: z.array(absenceSchema),
  /** Why it is left to a person; empty where it is not. */
  faults: z.array(faultSchema),
  engine: z.enum(["bedrock", "endpoint"]),
  model: z.string(),
  region: z.string().nullable(),
  frameVersion: z.int().min(1),
  /** SHA-256 of the requests that it came from; the egress record has the same. */
  requests: z.array(modelCallSchema.shape.requestHash),
  /** What these requests took. Null where a part of it is unknown. */
  inputTokens: z.int().min(0).nullable(),
  outputTokens: z.int().min(0).nullable(),
  cost: z.number().min(0).nullable(),
  /** Prompts that were answered in these requests, this one included. */
  together: z.int().min(1),
  /** The revision that was read. */
  wordsHash: z.string(),
  revision: z.string(),
  /** What was hidden of the conversation by then. */
  hidden: z.array(spanSchema),
  /** Something was hidden after it was written: what it said was taken out, because it may have told of that. */
  withheld: z.boolean().default(false),
});
/** What was written by one prompt in one run. */
export type Writing = z.infer<typeof writingSchema>;

/** A prompt as it was asked by, and the hash that names its text. */
export interface AskedPrompt {
  readonly prompt: Prompt;
  readonly hash: string;
}

/**
 * What came of running prompts, a writing for each that was answered or left to a person.
 *
 * @param read the revision that the writer was given.
 * @param hidden what is hidden of it.
 */
export function writingsOf(
  written: Written,
  prompts: readonly AskedPrompt[],
  read: ReadRevision,
  hidden: readonly Span[],
): Writing[] {
  const { engine, model, region, frameVersion } = written;
  return written.answers.flatMap((answer): Writing[] => {
    const asked = prompts.find(({ prompt }) => prompt.id === answer.id);
    if (asked === undefined) return [];
    const calls = callsOf(answer, written);
    // Quotes were found in this very revision, so each has its evidence and its place.
    const evidence = answer.quotes.flatMap((quote) => evidenceOfQuotes([quote], read));
    return [
      {
        prompt: answer.prompt,
        promptHash: asked.hash,
        title: asked.prompt.title,
        output: asked.prompt.output,
        value: answer.value,
        justification: answer.justification,
        confidence: answer.confidence,
        evidence,
        searched: absencesOf(answer, read),
        faults: answer.faults,
        ...{ engine, model, region, frameVersion },
        requests: calls.map(({ requestHash }) => requestHash),
        ...takenBy(calls),
        together: Math.max(1, new Set(calls.flatMap((call) => call.asked)).size),
        wordsHash: read.wordsHash,
        revision: read.revision,
        hidden: [...hidden],
        withheld: false,
      },
    ];
  });
}

/** A writing without what it said. That it was written, by what and of whom, stays. */
export function withheldFrom(writing: Writing): Writing {
  return { ...writing, value: null, justification: "", confidence: null, evidence: [], searched: [], faults: [], withheld: true };
}
