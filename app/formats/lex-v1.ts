import { z } from "zod";
import { type ImportedConversation, looseNumber, textOrNull, toConfidence } from "./imported.ts";
import { lexMood, readLexLog } from "./lex-session.ts";
import type { LogEntries } from "./log-entries.ts";

const eventSchema = z.object({
  timestamp: z.union([z.string(), z.number()]).nullish().catch(null),
  sessionId: textOrNull,
  userId: textOrNull,
  botName: textOrNull,
  inputTranscript: textOrNull,
  botResponse: textOrNull,
  intent: textOrNull,
  nluIntentConfidence: z
    .union([looseNumber, z.object({ score: looseNumber }).transform(({ score }) => score)])
    .nullish()
    .catch(null),
  slots: z.record(z.string(), textOrNull).nullish().catch(null),
  missedUtterance: z.boolean().nullish().catch(null),
  dialogState: textOrNull,
  sentimentResponse: z.unknown().optional(),
});

/** Whether an entry of a log is an exchange as Amazon Lex V1 wrote it. */
export function isLexV1Entry(value: Record<string, unknown>): boolean {
  const old = "botName" in value && ("inputTranscript" in value || "botResponse" in value);
  return old && !("sessionState" in value);
}

/** Reads the conversation log of an Amazon Lex V1 bot. Throws `format-malformed`. */
export function readLexV1(log: LogEntries): ImportedConversation {
  return readLexLog(log, {
    name: "Amazon Lex V1 conversation log",
    is: isLexV1Entry,
    schema: eventSchema,
    exchange: (event) => ({
      sessionId: event.sessionId ?? event.userId ?? "",
      at: event.timestamp ?? null,
      botName: event.botName ?? null,
      said: event.inputTranscript?.trim() ?? "",
      reading: {
        intent: event.intent ?? null,
        confidence: toConfidence(event.nluIntentConfidence),
        missed: event.missedUtterance ?? false,
        slots: Object.fromEntries(
          Object.entries(event.slots ?? {}).flatMap(([name, value]) => (name === "__proto__" ? [] : [[name, value ?? null]])),
        ),
        state: event.dialogState ?? null,
      },
      replies: [event.botResponse?.trim() ?? ""],
      mood: lexMood(event.sentimentResponse),
      language: null,
    }),
    sentiment: "sentimentResponse",
  });
}
