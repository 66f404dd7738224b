import { z } from "zod";
import type { BotReading } from "../conversation/conversation.ts";
import { type ImportedConversation, looseNumber, textOrNull, toConfidence, toLanguage } from "./imported.ts";
import { tryJson } from "./json-text.ts";
import { lexMood, readLexLog } from "./lex-session.ts";
import type { LogEntries } from "./log-entries.ts";

const anything = z.record(z.string(), z.unknown()).nullish().catch(null);

const intentSchema = z
  .object({ name: textOrNull, state: textOrNull, slots: anything, confirmationState: textOrNull })
  .nullish()
  .catch(null);

/** The log writes the confidence as text, the runtime as an object with a score. */
const confidenceSchema = z
  .union([looseNumber, z.object({ score: looseNumber }).transform(({ score }) => score)])
  .nullish()
  .catch(null);

const eventSchema = z.object({
  timestamp: z.union([z.string(), z.number()]).nullish().catch(null),
  sessionId: textOrNull,
  inputMode: textOrNull,
  requestAttributes: anything,
  missedUtterance: z.boolean().nullish().catch(null),
  inputTranscript: textOrNull,
  bot: z.object({ name: textOrNull, localeId: textOrNull }).nullish().catch(null),
  transcriptions: listOf(z.object({ transcription: textOrNull })),
  sessionState: z.object({ intent: intentSchema, sessionAttributes: anything }).nullish().catch(null),
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
export function readLexV2(log: LogEntries): ImportedConversation {
  return readLexLog(log, {
    name: "Amazon Lex V2 conversation log",
    is: isLexV2Entry,
    schema: eventSchema,
    exchange: (event) => ({
      sessionId: event.sessionId ?? "",
      at: event.timestamp ?? null,
      botName: event.bot?.name ?? null,
      said: (event.inputTranscript ?? event.transcriptions[0]?.transcription ?? "").trim(),
      reading: readingOf(event),
      replies: event.messages.map(textOfMessage),
      mood: event.interpretations.map(({ sentimentResponse }) => lexMood(sentimentResponse)).find((one) => one !== undefined),
      language: toLanguage(event.bot?.localeId),
    }),
    sentiment: "interpretations[].sentimentResponse",
  });
}

function readingOf(event: z.infer<typeof eventSchema>): BotReading {
  const decided = event.sessionState?.intent ?? event.interpretations[0]?.intent ?? null;
  const intent = decided?.name ?? null;
  const match = event.interpretations.find((one) => one.intent?.name === intent);
  const confirmation = decided?.confirmationState ?? "None";
  const via = viaOf(event);
  return {
    intent,
    confidence: toConfidence(match?.nluConfidence),
    missed: event.missedUtterance ?? intent === "FallbackIntent",
    slots: slotsOf(decided?.slots ?? null),
    state: decided?.state ?? null,
    ...(confirmation === "None" ? {} : { confirmation }),
    ...(via === null ? {} : { via }),
  };
}

/**
 * How the customer reached the bot: the platform that a channel of Lex names in its request attributes, else what Amazon Connect
 * or the site puts into the session. Source: "Integrating a bot with a messaging platform" in the developer guide of Lex V2.
 */
function viaOf({ inputMode, requestAttributes, sessionState }: z.infer<typeof eventSchema>): BotReading["via"] | null {
  const named = [requestAttributes?.["x-amz-lex:channels:platform"], sessionState?.sessionAttributes?.["Channel"]]
    .map((one) => (typeof one === "string" ? one.toLowerCase() : ""))
    .find((one) => one !== "");
  if (named !== undefined) {
    if (/twilio|sms/u.test(named)) return "sms";
    if (/slack/u.test(named)) return "slack";
    if (/voice|telephony|connect/u.test(named)) return "voice";
    return /chat|web/u.test(named) ? "web" : "other";
  }
  if (inputMode?.toLowerCase() === "speech" || inputMode?.toLowerCase() === "dtmf") return "voice";
  return null;
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
