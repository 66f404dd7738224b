import { z } from "zod";
import { at, listAt } from "./import-notes.ts";
import { type DraftSpeaker, type ImportedConversation, type ImportNote, roleOf, textOrNull } from "./imported.ts";
import { type DraftMessage, messagedConversation, withAttachments } from "./messages.ts";
import { readEach } from "./read-each.ts";
import { readTable } from "./table.ts";

/*
 * Twilio: the messages of a conversation as its REST interface lists them, with the participants where the file has them
 * too, and logs of text messages as JSON or as the console exports them (CSV).
 * https://www.twilio.com/docs/conversations/api/conversation-message-resource
 * https://www.twilio.com/docs/messaging/api/message-resource
 */

const mediaSchema = z
  .array(z.object({ filename: textOrNull }).catch({ filename: null }))
  .nullish()
  .catch(null);
const messageSchema = z.object({
  conversation_sid: textOrNull,
  author: textOrNull,
  participant_sid: textOrNull,
  body: textOrNull,
  media: mediaSchema,
  date_created: textOrNull,
});
const participantSchema = z.object({
  sid: z.string(),
  identity: textOrNull,
  messaging_binding: z.object({ type: textOrNull, address: textOrNull }).nullish().catch(null),
});
const smsSchema = z.object({
  from: textOrNull,
  to: textOrNull,
  body: textOrNull,
  direction: textOrNull,
  date_sent: textOrNull,
  date_created: textOrNull,
  status: textOrNull,
});
type Sms = z.infer<typeof smsSchema>;

const messageList = { schema: messageSchema, where: "messages", otherwise: "A message that is none." };
const smsList = { schema: smsSchema, where: "messages", otherwise: "A message that is none." };

/** An address that a person writes from: a telephone number, also as `whatsapp:+1555...`. */
const telephone = /^(?:(?:whatsapp|sms|messenger|rcs):)?\+?\d[\d\s()-]{5,20}$/u;

/** Whether a parsed file lists messages of Twilio Conversations. */
export function isTwilioConversation(value: Record<string, unknown>): boolean {
  return listAt(value, "messages").some((message) => typeof at(message, "conversation_sid") === "string");
}

/** Reads the messages of a Twilio conversation. */
export function readTwilioConversation(value: unknown): ImportedConversation {
  const notes: ImportNote[] = [];
  const participants = new Map(
    listAt(value, "participants").flatMap((raw) => {
      const one = participantSchema.safeParse(raw).data;
      return one === undefined ? [] : [[one.sid, one] as const];
    }),
  );
  const read = [...readEach(listAt(value, "messages"), messageList, notes)].map(({ value: message }) => message);
  const bound =
    read.some(({ author }) => telephone.test(author ?? "")) ||
    [...participants.values()].some((one) => one.messaging_binding != null);
  const speakerOf = (message: z.infer<typeof messageSchema>): DraftSpeaker => {
    const author = message.author ?? "";
    const participant = participants.get(message.participant_sid ?? "");
    const address = participant?.messaging_binding?.address ?? (telephone.test(author) ? author : null);
    if (address !== null) return { key: address, role: "customer", name: address };
    const role = roleOf(author);
    if (role !== "other") return { key: author, role, name: author };
    // Whoever has no number signed in: where the other side has one, that is the contact centre's.
    return { key: author, role: author === "system" ? "bot" : bound ? "agent" : "other", name: author };
  };
  const messages = read.map(
    (message): DraftMessage => ({
      speaker: speakerOf(message),
      at: message.date_created ?? null,
      text: withAttachments(
        message.body,
        (message.media ?? []).map(({ filename }) => filename),
      ),
    }),
  );
  if (listAt(value, "messages").some((message) => !/^(?:\{\}|)$/u.test(String(at(message, "attributes") ?? ""))))
    notes.push({ level: "ignored", what: "What programs attached to messages.", where: "messages[].attributes" });
  return messagedConversation({
    format: "Twilio conversation",
    channel: bound ? "sms" : "chat",
    engine: "Twilio",
    messages,
    notes,
  });
}

/** The conversations in a list of messages: one for each conversation's sid. */
export function twilioConversations(value: unknown): Map<string, unknown> {
  return grouped(value, (message) => String(at(message, "conversation_sid") ?? ""));
}

/** Whether a parsed file is a log of text messages. */
export function isSmsLog(value: Record<string, unknown>): boolean {
  return listAt(value, "messages").some((message) =>
    ["from", "to", "body", "direction"].every((key) => typeof at(message, key) === "string"),
  );
}

/** Reads a log of text messages between two numbers. */
export function readSmsLog(value: unknown): ImportedConversation {
  const notes: ImportNote[] = [];
  const messages = [...readEach(listAt(value, "messages"), smsList, notes)].map(({ value: sms }) => messageOf(sms));
  const undelivered = listAt(value, "messages").filter((sms) =>
    /^(?:failed|undelivered)$/u.test(String(at(sms, "status"))),
  ).length;
  if (undelivered > 0)
    notes.push({ level: "kept", what: `Messages that did not arrive: ${undelivered}.`, where: "messages[].status" });
  return messagedConversation({
    format: "Text messages",
    channel: "sms",
    engine: "Twilio",
    messages,
    notes,
    direction: at(listAt(value, "messages")[0], "direction") === "inbound" ? "inbound" : "outbound",
  });
}

/** The conversations in a log of text messages: one for each pair of numbers. */
export function smsConversations(value: unknown): Map<string, unknown> {
  return grouped(value, (message) => [String(at(message, "from") ?? ""), String(at(message, "to") ?? "")].toSorted().join(" "));
}

function messageOf(sms: Sms): DraftMessage {
  const inbound = sms.direction?.toLowerCase() === "inbound";
  const number = sms.from ?? "";
  return {
    speaker: inbound ? { key: number, role: "customer", name: number } : { key: number, role: "agent" },
    at: sms.date_sent ?? sms.date_created ?? null,
    text: sms.body ?? "",
  };
}

/** Whether a text is the table of messages that Twilio's console exports. */
export function isSmsTable(text: string): boolean {
  const head = (text.split("\n", 1)[0] ?? "").toLowerCase().replaceAll('"', "").trim().split(",");
  return ["from", "to", "body", "direction"].every((column) => head.includes(column));
}

/** The messages of a table as the JSON log has them. */
export function smsOfTable(text: string): { readonly messages: readonly unknown[] } {
  const { columns, rows } = readTable(text);
  const names = columns.map((column) => column.toLowerCase());
  return {
    messages: rows.map(({ cells }) => ({
      ...Object.fromEntries(
        ["from", "to", "body", "direction", "status"].map((name) => [name, cells[names.indexOf(name)] ?? ""]),
      ),
      date_sent: cells[names.findIndex((name) => /^(?:sent_?date|date_?sent|date_?created)$/u.test(name))] ?? null,
    })),
  };
}

function grouped(value: unknown, keyOf: (message: unknown) => string): Map<string, unknown> {
  const groups = Map.groupBy(listAt(value, "messages"), keyOf);
  const rest = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  return new Map([...groups].map(([key, messages]) => [key, { ...rest, messages }]));
}
