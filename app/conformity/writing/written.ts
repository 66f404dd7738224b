import { z } from "zod";
import { millisecondsSchema, roleSchema } from "../../conversation/conversation.ts";
import type { Suggestion } from "../answer.ts";
import { answerValueSchema } from "../answer-value.ts";
import { type Absence, absenceOf, type Evidence, evidenceAt, type ReadRevision } from "../evidence.ts";
import { promptNameSchema, type WrittenValue, writtenValueSchema } from "./asked.ts";
import { suspicionReasons } from "./suspicion.ts";

/* What a writer has answered, as it is kept: with its proof, or with why it is left to a person. */

/** Why an answer was rejected or is left to a person. */
export const faultCodes = [
  "missing",
  "shape",
  "value-unfit",
  "not-applicable-refused",
  "quote-unknown",
  "quote-across-turns",
  "quote-backwards",
  "quote-not-verbatim",
  "quote-empty",
  "no-evidence",
  "absence-unsaid",
  "absence-in-part",
  "speaks-to-machine",
  "not-supported",
  "cannot-tell",
  "too-long",
  "refused",
  "call-failed",
  "nothing-said",
  "part-unread",
] as const;
/** Why an answer was rejected or is left to a person. */
export const faultSchema = z.object({ code: z.enum(faultCodes), text: z.string() });
/** Why an answer was rejected or is left to a person; the text is for people and for the model. */
export type Fault = z.infer<typeof faultSchema>;

/** Words of the transcript that an answer rests on. */
export const writtenQuoteSchema = z.object({
  turnId: z.string(),
  /** The words from the first to the last, masked ones included; empty in a message without words. */
  wordIds: z.array(z.string()),
  /** The characters of a message without words. */
  chars: z.object({ from: z.int().min(0), to: z.int().min(0) }).nullable(),
  role: roleSchema,
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  /** As they stand in the transcript, and not as the model gave them back. */
  text: z.string(),
});
/** Words of the transcript that an answer rests on. */
export type WrittenQuote = z.infer<typeof writtenQuoteSchema>;

/** One answer of a writer. */
export const writtenAnswerSchema = z.object({
  /** Of what was asked. */
  id: z.string(),
  /** Null where it is left to a person. */
  value: writtenValueSchema.nullable(),
  justification: z.string(),
  quotes: z.array(writtenQuoteSchema),
  /** What was looked for in vain; null where the answer rests on quotes. */
  searched: z.string().nullable(),
  confidence: z.number().min(0).max(1).nullable(),
  /** Why it is left to a person; empty where it is not. */
  faults: z.array(faultSchema),
  prompt: promptNameSchema,
});
/** One answer of a writer. */
export type WrittenAnswer = z.infer<typeof writtenAnswerSchema>;

/** One request to a model. */
export const modelCallSchema = z.object({
  purpose: z.enum(["answer", "gather", "decide", "check", "trial"]),
  at: z.iso.datetime(),
  /** Model or inference profile, as it was asked for. */
  model: z.string(),
  /** SHA-256 over what was sent; the egress record has the same. */
  requestHash: z.string(),
  /** Null where the service does not say. */
  inputTokens: z.int().min(0).nullable(),
  outputTokens: z.int().min(0).nullable(),
  /** In the currency of the prices that are set; null where they or the tokens are unknown. */
  cost: z.number().min(0).nullable(),
  /** What was asked in it. */
  asked: z.array(z.string()),
  ms: z.number().min(0),
});
/** One request to a model. */
export type ModelCall = z.infer<typeof modelCallSchema>;

/** Turns that speak to a machine: for a person to look at. */
export const flaggedTurnSchema = z.object({
  turnId: z.string(),
  startMs: millisecondsSchema,
  endMs: millisecondsSchema,
  reasons: z.array(z.enum(suspicionReasons)),
});

/** All that came of asking a writer about one conversation. */
export const writtenSchema = z.object({
  answers: z.array(writtenAnswerSchema),
  calls: z.array(modelCallSchema),
  flagged: z.array(flaggedTurnSchema),
  /** Requests that the transcript was sent in; 1 where it was sent whole. */
  parts: z.int().min(0),
  engine: z.enum(["bedrock", "endpoint"]),
  model: z.string(),
  region: z.string().nullable(),
  frameVersion: z.int().min(1),
  /** The revision that was read. */
  wordsHash: z.string(),
  revision: z.string(),
});
/** All that came of asking a writer about one conversation. */
export type Written = z.infer<typeof writtenSchema>;

/** What a run took altogether. Null where a part of it is unknown. */
export function takenBy(calls: readonly ModelCall[]): {
  inputTokens: number | null;
  outputTokens: number | null;
  cost: number | null;
} {
  const sum = (of: (call: ModelCall) => number | null): number | null =>
    calls.reduce<number | null>((all, call) => {
      const one = of(call);
      return all === null || one === null ? null : all + one;
    }, 0);
  return {
    inputTokens: sum((call) => call.inputTokens),
    outputTokens: sum((call) => call.outputTokens),
    cost: sum((call) => call.cost),
  };
}

/** The requests that one answer came from. */
export function callsOf(answer: Pick<WrittenAnswer, "id">, { calls }: Pick<Written, "calls">): ModelCall[] {
  return calls.filter(({ asked }) => asked.includes(answer.id));
}

/** The evidence of quotes in a revision; a quote whose words are not there any more is left out. */
export function evidenceOfQuotes(quotes: readonly WrittenQuote[], read: ReadRevision): Evidence[] {
  return quotes.flatMap(({ wordIds, turnId, chars }) => {
    const taken = evidenceAt(wordIds.length > 0 ? { kind: "words", wordIds } : { kind: "turn", turnId }, read);
    return typeof taken === "string" ? [] : [{ ...taken, chars }];
  });
}

/** What an answer says was looked for in vain, in the whole of a revision; nothing where it rests on quotes or there is none. */
export function absencesOf({ searched, value }: Pick<WrittenAnswer, "searched" | "value">, read: ReadRevision): Absence[] {
  if (searched === null || value === null) return [];
  const { durationMs, turns } = read.conversation;
  const words = turns.reduce((sum, turn) => sum + turn.words.length, 0);
  return [absenceOf({ what: searched, role: null, startMs: 0, endMs: durationMs, words, turns: turns.length }, read)];
}

/**
 * An answer to a question of a form as the machine's suggestion.
 *
 * @param read the revision that the writer was given.
 */
export function suggestionOfWriter(answer: WrittenAnswer, written: Written, read: ReadRevision): Suggestion {
  const value = formValue(answer.value);
  const { wordsHash, revision } = read;
  const last = callsOf(answer, written).findLast(({ purpose }) => purpose === "answer" || purpose === "decide");
  const source = [
    written.engine,
    written.model,
    `${answer.prompt.id}/${answer.prompt.version}`,
    `frame/${written.frameVersion}`,
    ...(last === undefined ? [] : [`sha256:${last.requestHash}`]),
  ].join(" ");
  return {
    by: "writer",
    value,
    sentence: answer.justification,
    evidence: evidenceOfQuotes(answer.quotes, read),
    searched: value === null ? [] : absencesOf(answer, read),
    figures: [],
    unjudged: answer.faults.map(({ text }) => text),
    confidence: answer.confidence,
    source,
    wordsHash,
    revision,
  };
}

function formValue(value: WrittenValue | null): Suggestion["value"] {
  return answerValueSchema.safeParse(value).data ?? null;
}
