import { z } from "zod";
import type { Role } from "../conversation/conversation.ts";
import { type ContactFacts, directionOf } from "./contact-facts.ts";
import { at, listAt } from "./import-notes.ts";
import {
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  numberOrNull,
  textOrNull,
  toInstant,
  toLanguage,
} from "./imported.ts";
import { type DraftMessage, messagedConversation, withAttachments } from "./messages.ts";
import { readEach } from "./read-each.ts";
import { hasVoices, spokenConversation } from "./spoken.ts";
import { wordsOf } from "./spoken-words.ts";

/*
 * Genesys Cloud: transcripts of its speech and text analytics, chats and messages out of its recordings, and the records
 * of conversations and calls, which lie beside a recording and have no words.
 * https://developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url
 * https://developer.genesys.cloud/platform/conversations/ (conversation and call), and the import of post call analytics.
 */

const lengthSchema = z.object({ milliseconds: numberOrNull }).nullish().catch(null);
const wordSchema = z.object({ word: textOrNull, confidence: numberOrNull, startTimeMs: numberOrNull, duration: lengthSchema });
const phraseSchema = z.object({
  text: textOrNull,
  decoratedText: textOrNull,
  startTimeMs: numberOrNull,
  duration: lengthSchema,
  participantPurpose: textOrNull,
  words: z.array(z.unknown()).nullish().catch(null),
});
const chatSchema = z.object({
  body: textOrNull,
  utc: textOrNull,
  type: textOrNull,
  from: textOrNull,
  user: z.object({ name: textOrNull }).nullish().catch(null),
  contact: z.object({ firstName: textOrNull, lastName: textOrNull }).nullish().catch(null),
});
const messageSchema = z.object({
  messageText: textOrNull,
  timestamp: textOrNull,
  from: textOrNull,
  fromUser: z.object({ name: textOrNull }).nullish().catch(null),
  purpose: textOrNull,
  messageMediaAttachments: z
    .array(z.object({ name: textOrNull }).catch({ name: null }))
    .nullish()
    .catch(null),
});

const chatList = { schema: chatSchema, where: "transcript", otherwise: "A message that is none." };
const messageList = { schema: messageSchema, where: "messagingTranscript", otherwise: "A message that is none." };

/** A phrase without a length lasts so long for each of its words. */
const wordMs = 400;
/** Times beyond this are instants, not offsets: nobody talks for three years. */
const leastEpochMs = 100_000_000_000;

/** Whether a parsed file is a transcript of Genesys' speech and text analytics. */
export function isGenesysTranscript(value: Record<string, unknown>): boolean {
  return listAt(value, "transcripts").some((transcript) =>
    listAt(transcript, "phrases").some(
      (phrase) => at(phrase, "participantPurpose") !== undefined || at(phrase, "startTimeMs") !== undefined,
    ),
  );
}

/** Reads a transcript of Genesys' speech and text analytics. */
export function readGenesysTranscript(value: unknown): ImportedConversation {
  const notes: ImportNote[] = [];
  const turns: DraftTurn[] = [];
  const origin = numberOrNull.parse(at(value, "conversationStartTime")) ?? null;
  let wordless = 0;
  let language: string | null = null;
  for (const [number, transcript] of listAt(value, "transcripts").entries()) {
    language ??= toLanguage(textOrNull.parse(at(transcript, "language")));
    const moods = moodsIn(transcript);
    const list = { schema: phraseSchema, where: `transcripts[${number}].phrases`, otherwise: "A phrase that is none." };
    for (const { value: phrase, index } of readEach(listAt(transcript, "phrases"), list, notes)) {
      const text = (phrase.decoratedText ?? phrase.text ?? "").trim();
      if (text === "") continue;
      const startMs = phrase.startTimeMs ?? turns.at(-1)?.endMs ?? 0;
      const words = wordsOf(
        (phrase.words ?? []).flatMap((raw) => {
          const word = wordSchema.safeParse(raw).data;
          if (word === undefined) return [];
          const start = word.startTimeMs ?? null;
          const length = word.duration?.milliseconds ?? null;
          return {
            text: word.word ?? "",
            startMs: start,
            endMs: start === null || length === null ? null : start + length,
            confidence: word.confidence ?? null,
            punctuation: false,
          };
        }),
        { startMs, endMs: startMs },
      );
      if (words.length === 0) wordless++;
      const length = phrase.duration?.milliseconds ?? text.split(/\s+/u).length * wordMs;
      const purpose = phrase.participantPurpose ?? "";
      const mood = moods.get(index);
      turns.push({
        speaker: { key: purpose, role: roleOfPurpose(purpose) },
        startMs,
        endMs: startMs + length,
        text,
        words,
        ...(mood === undefined ? {} : { vendor: mood }),
      });
    }
  }
  const begin = turns.reduce((least, turn) => Math.min(least, turn.startMs), Number.POSITIVE_INFINITY);
  // Instants become times from the beginning.
  const epoch =
    Number.isFinite(begin) && begin > leastEpochMs
      ? origin !== null && origin > leastEpochMs && origin <= begin
        ? origin
        : begin
      : 0;
  const read = spokenConversation({
    format: "Genesys Cloud transcript",
    engine: "Genesys Cloud",
    language,
    turns: epoch === 0 ? turns : turns.map((turn) => movedBy(turn, -epoch)),
    notes,
    wordless: wordless > 0,
    voices: hasVoices(turns),
  });
  const written = /^(?:chat|message|email)/u.test(textOrNull.parse(at(value, "mediaType")) ?? "");
  return {
    ...read,
    ...(written ? { kind: "chat" as const, channel: "chat" as const } : {}),
    startedAt: toInstant(epoch > 0 ? epoch : origin !== null && origin > leastEpochMs ? origin : null),
  };
}

function movedBy(turn: DraftTurn, ms: number): DraftTurn {
  return {
    ...turn,
    startMs: turn.startMs + ms,
    endMs: turn.endMs + ms,
    words: (turn.words ?? []).map((word) => ({ ...word, startMs: word.startMs + ms, endMs: word.endMs + ms })),
  };
}

/** Genesys' sentiment of phrases, from -1 to 1. */
function moodsIn(transcript: unknown): Map<number, NonNullable<DraftTurn["vendor"]>> {
  return new Map(
    listAt(transcript, "analytics.sentiment").flatMap((raw) => {
      const index = numberOrNull.parse(at(raw, "phraseIndex")) ?? null;
      const score = numberOrNull.parse(at(raw, "sentiment")) ?? null;
      if (index === null || score === null) return [];
      return [[index, { label: score < 0 ? "negative" : score > 0 ? "positive" : "neutral", score }] as const];
    }),
  );
}

function roleOfPurpose(purpose: string): Role {
  switch (purpose.toLowerCase()) {
    case "external":
    case "customer":
      return "customer";
    case "internal":
    case "agent":
    case "user":
      return "agent";
    case "ivr":
    case "acd":
    case "voicemail":
      return "ivr";
    case "bot":
    case "botflow":
    case "workflow":
      return "bot";
    default:
      return "other";
  }
}

/** Whether a parsed file is a recording of Genesys that holds a chat or messages. */
export function isGenesysChat(value: Record<string, unknown>): boolean {
  return (
    listAt(value, "messagingTranscript").some((message) => at(message, "messageText") !== undefined) ||
    listAt(value, "transcript").some((message) => at(message, "utc") !== undefined && at(message, "body") !== undefined)
  );
}

/** Reads the chat or the messages of a recording of Genesys. */
export function readGenesysChat(value: unknown): ImportedConversation {
  const notes: ImportNote[] = [];
  const chats = [...readEach(listAt(value, "transcript"), chatList, notes)].map(({ value: chat }): DraftMessage => {
    const name = chat.user?.name ?? null;
    const customer = [chat.contact?.firstName, chat.contact?.lastName].filter((part) => part != null).join(" ");
    return {
      speaker:
        name === null ? { key: chat.from ?? "customer", role: "customer", name: customer } : { key: name, role: "agent", name },
      at: chat.utc ?? null,
      text: /member|typing|activity/iu.test(chat.type ?? "") ? "" : (chat.body ?? ""),
    };
  });
  const messages = [...readEach(listAt(value, "messagingTranscript"), messageList, notes)].map(({ value: one }): DraftMessage => {
    const name = one.fromUser?.name ?? null;
    const role = one.purpose == null ? (name === null ? "customer" : "agent") : roleOfPurpose(one.purpose);
    return {
      speaker: { key: `${role} ${name ?? one.from ?? ""}`, role, name: name ?? one.from ?? null },
      at: one.timestamp ?? null,
      text: withAttachments(
        one.messageText,
        (one.messageMediaAttachments ?? []).map(({ name: file }) => file),
      ),
    };
  });
  const subtype = textOrNull.parse(at(value, "mediaSubtype")) ?? "";
  return messagedConversation({
    format: "Genesys Cloud chat",
    channel: /sms/iu.test(subtype) ? "sms" : "chat",
    engine: "Genesys Cloud",
    messages: [...chats, ...messages],
    notes,
  });
}

/** What Genesys' records tell of a call that they lie beside. */
export interface GenesysRecord extends ContactFacts {
  /** Of the conversation, in Genesys. */
  readonly conversationId: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
}

/** Whether a parsed file is Genesys' record of a conversation or of a call, which has no words. */
export function isGenesysRecord(value: Record<string, unknown>): boolean {
  if (isGenesysTranscript(value) || isGenesysChat(value)) return false;
  const conversation = typeof value["conversationId"] === "string" && "conversationStart" in value;
  const call = typeof value["conversationId"] === "string" && "startTime" in value && "endTime" in value;
  return (
    conversation ||
    call ||
    listAt(value, "participants").some((one) => at(one, "purpose") !== undefined && at(one, "sessions") !== undefined)
  );
}

/** Reads Genesys' record of a conversation or of a call. */
export function readGenesysRecord(value: unknown): GenesysRecord {
  const participants = listAt(value, "participants");
  const queues = participants
    .flatMap((one) => listAt(one, "sessions"))
    .flatMap((session) => listAt(session, "segments"))
    .map((segment) => at(segment, "queueId"))
    .filter((queue) => typeof queue === "string");
  const started = at(value, "startTime") ?? at(value, "conversationStart");
  return {
    conversationId: textOrNull.parse(at(value, "conversationId")) ?? textOrNull.parse(at(value, "id")) ?? "",
    startedAt: typeof started === "string" ? toInstant(started) : null,
    queue: queues[0]?.slice(0, 200) ?? null,
    direction: directionOf(at(value, "originatingDirection")),
  };
}
