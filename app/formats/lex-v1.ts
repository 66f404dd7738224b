import { z } from "zod";
import type { BotReading } from "../conversation/conversation.ts";
import {
  type DraftSpeaker,
  type ImportedConversation,
  type ImportNote,
  looseNumber,
  textOrNull,
  toConfidence,
} from "./imported.ts";
import { type LexEvent, lexMood, readLexSession } from "./lex-session.ts";
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

const customer: DraftSpeaker = { key: "customer", role: "customer" };

/** Whether an entry of a log is an exchange as Amazon Lex V1 wrote it. */
export function isLexV1Entry(value: Record<string, unknown>): boolean {
  const old = "botName" in value && ("inputTranscript" in value || "botResponse" in value);
  return old && !("sessionState" in value);
}

/** Reads the conversation log of an Amazon Lex V1 bot. Throws `format-malformed`. */
export function readLexV1({ entries, unreadable }: LogEntries): ImportedConversation {
  const notes: ImportNote[] = [];
  let others = 0;
  let sentiments = 0;
  const events: LexEvent[] = [];
  for (const entry of entries) {
    const parsed = isLexV1Entry(entry.value) ? eventSchema.safeParse(entry.value).data : undefined;
    if (parsed === undefined) {
      others++;
      continue;
    }
    const vendor = lexMood(parsed.sentimentResponse);
    if (vendor !== undefined) sentiments++;
    const said = parsed.inputTranscript?.trim() ?? "";
    const reply = parsed.botResponse?.trim() ?? "";
    const bot: DraftSpeaker = { key: "bot", role: "bot", name: parsed.botName ?? null };
    const reading: BotReading = {
      intent: parsed.intent ?? null,
      confidence: toConfidence(parsed.nluIntentConfidence),
      missed: parsed.missedUtterance ?? false,
      slots: Object.fromEntries(
        Object.entries(parsed.slots ?? {}).flatMap(([name, value]) => (name === "__proto__" ? [] : [[name, value ?? null]])),
      ),
      state: parsed.dialogState ?? null,
    };
    events.push({
      sessionId: parsed.sessionId ?? parsed.userId ?? "",
      at: parsed.timestamp ?? entry.loggedAt,
      where: entry.where,
      turns: [
        ...(said === "" ? [] : [{ speaker: customer, text: said, bot: reading, ...(vendor === undefined ? {} : { vendor }) }]),
        ...(reply === "" ? [] : [{ speaker: bot, text: reply }]),
      ],
      language: null,
    });
  }
  if (others > 0)
    notes.push({ level: "ignored", what: `Entries that are no exchange with the bot: ${others}.`, where: "the whole file" });
  if (sentiments > 0)
    notes.push({
      level: "kept",
      what: `Amazon's sentiment of utterances (${sentiments}), beside what Earmark reads from the words.`,
      where: "sentimentResponse",
    });
  return readLexSession("Amazon Lex V1 conversation log", events, unreadable, notes);
}
