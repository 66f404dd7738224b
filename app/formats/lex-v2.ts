import { z } from "zod";
import type { BotReading } from "../conversation/conversation.ts";
import {
  type DraftSpeaker,
  type ImportedConversation,
  type ImportNote,
  looseNumber,
  textOrNull,
  toConfidence,
  toLanguage,
} from "./imported.ts";
import { tryJson } from "./json-text.ts";
import { type LexEvent, lexMood, readLexSession } from "./lex-session.ts";
import type { LogEntries } from "./log-entries.ts";

const anything = z.record(z.string(), z.unknown()).nullish().catch(null);

const intentSchema = z.object({ name: textOrNull, state: textOrNull, slots: anything }).nullish().catch(null);

/** The log writes the confidence as text, the runtime as an object with a score. */
const confidenceSchema = z
  .union([looseNumber, z.object({ score: looseNumber }).transform(({ score }) => score)])
  .nullish()
  .catch(null);

const eventSchema = z.object({
  timestamp: z.union([z.string(), z.number()]).nullish().catch(null),
  sessionId: textOrNull,
  missedUtterance: z.boolean().nullish().catch(null),
  inputTranscript: textOrNull,
  bot: z.object({ name: textOrNull, localeId: textOrNull }).nullish().catch(null),
  transcriptions: listOf(z.object({ transcription: textOrNull })),
  sessionState: z.object({ intent: intentSchema }).nullish().catch(null),
  interpretations: listOf(z.object({ nluConfidence: confidenceSchema, intent: intentSchema, sentimentResponse: anything })),
  messages: listOf(
    z.object({
      contentType: textOrNull,
      content: textOrNull,
      imageResponseCard: z
        .object({ title: textOrNull, subtitle: textOrNull, buttons: listOf(z.object({ text: textOrNull })) })
        .nullish()
        .catch(null),
    }),
  ),
});

/** A list in which what does not fit is left out. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(z.unknown())
    .catch([])
    .default([])
    .transform((list) => list.flatMap((one) => item.safeParse(one).data ?? []));
}

const customer: DraftSpeaker = { key: "customer", role: "customer" };

/** Whether an entry of a log is an exchange as Amazon Lex V2 writes it. */
export function isLexV2Entry(value: Record<string, unknown>): boolean {
  const version = value["messageVersion"];
  if (typeof version === "string" && version.startsWith("1")) return false;
  const lex = "sessionState" in value || "interpretations" in value || "inputTranscript" in value;
  return lex && (version !== undefined || ("sessionId" in value && "bot" in value));
}

/**
 * Reads the conversation log of an Amazon Lex V2 bot, one exchange an entry. What the bot made of an utterance stands with
 * the customer's turn. Throws `format-malformed`.
 */
export function readLexV2({ entries, unreadable }: LogEntries): ImportedConversation {
  const notes: ImportNote[] = [];
  let sentiments = 0;
  let others = 0;
  const events: LexEvent[] = [];
  for (const entry of entries) {
    const parsed = isLexV2Entry(entry.value) ? eventSchema.safeParse(entry.value).data : undefined;
    if (parsed === undefined) {
      others++;
      continue;
    }
    const bot: DraftSpeaker = { key: "bot", role: "bot", name: parsed.bot?.name ?? null };
    const vendor = parsed.interpretations
      .map(({ sentimentResponse }) => lexMood(sentimentResponse))
      .find((one) => one !== undefined);
    if (vendor !== undefined) sentiments++;
    const said = (parsed.inputTranscript ?? parsed.transcriptions[0]?.transcription ?? "").trim();
    const replies = parsed.messages.map(textOfMessage).filter((text) => text !== "");
    events.push({
      sessionId: parsed.sessionId ?? "",
      at: parsed.timestamp ?? entry.loggedAt,
      where: entry.where,
      turns: [
        ...(said === ""
          ? []
          : [{ speaker: customer, text: said, bot: readingOf(parsed), ...(vendor === undefined ? {} : { vendor }) }]),
        ...replies.map((text) => ({ speaker: bot, text })),
      ],
      language: toLanguage(parsed.bot?.localeId),
    });
  }
  if (others > 0)
    notes.push({ level: "ignored", what: `Entries that are no exchange with the bot: ${others}.`, where: "the whole file" });
  if (sentiments > 0)
    notes.push({
      level: "kept",
      what: `Amazon's sentiment of utterances (${sentiments}), beside what Earmark reads from the words.`,
      where: "interpretations[].sentimentResponse",
    });
  return readLexSession("Amazon Lex V2 conversation log", events, unreadable, notes);
}

function readingOf(event: z.infer<typeof eventSchema>): BotReading {
  const decided = event.sessionState?.intent ?? event.interpretations[0]?.intent ?? null;
  const intent = decided?.name ?? null;
  const match = event.interpretations.find((one) => one.intent?.name === intent);
  return {
    intent,
    confidence: toConfidence(match?.nluConfidence),
    missed: event.missedUtterance ?? intent === "FallbackIntent",
    slots: slotsOf(decided?.slots ?? null),
    state: decided?.state ?? null,
  };
}

/** Slots by name with the value the bot understood; null where it has none yet. */
function slotsOf(slots: Record<string, unknown> | null): BotReading["slots"] {
  const found: [string, string | null][] = [];
  for (const [name, slot] of Object.entries(slots ?? {})) {
    if (name !== "__proto__") found.push([name, readSlot(slot, 0)]);
    const parts = property(slot, "subSlots");
    if (typeof parts === "object" && parts !== null)
      for (const [part, inner] of Object.entries(parts)) found.push([`${name}.${part}`, readSlot(inner, 0)]);
  }
  return Object.fromEntries(found);
}

function readSlot(slot: unknown, depth: number): string | null {
  if (typeof slot === "string" || typeof slot === "number" || typeof slot === "boolean") return String(slot);
  if (typeof slot !== "object" || slot === null || depth > 3) return null;
  const several = property(slot, "values");
  if (Array.isArray(several)) {
    const texts = several.map((one) => readSlot(one, depth + 1)).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join(", ");
  }
  for (const key of ["interpretedValue", "originalValue", "value"]) {
    const text = readSlot(property(slot, key), depth + 1);
    if (text !== null) return text;
  }
  return null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function textOfMessage(message: z.infer<typeof eventSchema>["messages"][number]): string {
  const card = message.imageResponseCard ?? null;
  const parts = [
    message.contentType === "SSML"
      ? (message.content ?? "").replaceAll(/<[^<>]*>/gu, " ").replaceAll(/\s+/gu, " ")
      : message.content,
    card?.title,
    card?.subtitle,
    card === null ? null : card.buttons.flatMap(({ text }) => text ?? []).join(" / "),
  ];
  // A payload for a program is shown by the text in it, where it has any.
  const payload = message.contentType === "CustomPayload" ? property(tryJson(message.content ?? ""), "text") : undefined;
  if (typeof payload === "string") return payload.trim();
  return parts
    .map((part) => part?.trim() ?? "")
    .filter((part) => part !== "")
    .join(" ");
}
