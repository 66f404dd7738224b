import { z } from "zod";
import type { Role } from "../conversation/conversation.ts";
import { connectFacts } from "./contact-facts.ts";
import {
  buildTranscript,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  roleOf,
  textOrNull,
  toInstant,
} from "./imported.ts";
import { malformed, tryJson } from "./json-text.ts";
import { attachmentText } from "./messages.ts";
import { readEach } from "./read-each.ts";

/** One item of a chat transcript of Amazon Connect, and of Contact Lens for chat, which has the same items. */
export const chatItemSchema = z.object({
  Id: textOrNull,
  AbsoluteTime: textOrNull,
  Type: textOrNull,
  ContentType: textOrNull,
  Content: textOrNull,
  ParticipantId: textOrNull,
  DisplayName: textOrNull,
  ParticipantRole: textOrNull,
  Attachments: z
    .array(z.object({ AttachmentName: textOrNull }).catch({ AttachmentName: null }))
    .nullish()
    .catch(null),
});
/** One item of a chat transcript. */
export type ChatItem = z.infer<typeof chatItemSchema>;

const itemList = { schema: chatItemSchema, where: "Transcript", otherwise: "An item that is no message and no event." };

const fileSchema = z.object({ ContactId: textOrNull, InitialContactId: textOrNull, Transcript: z.array(z.unknown()) });

/** Longest pause that is part of a chat; what is longer is told in a note. */
const idleMs = 30 * 60_000;

/** Whether a parsed file is a chat transcript as Amazon Connect writes it to S3. */
export function isConnectChat(value: Record<string, unknown>): boolean {
  const items = value["Transcript"];
  if (!Array.isArray(items) || "ConversationCharacteristics" in value) return false;
  const known = "InitialContactId" in value || "ContactId" in value || "InstanceId" in value;
  return (
    known && (items.length === 0 || items.some((item) => typeof item === "object" && item !== null && "AbsoluteTime" in item))
  );
}

/** Reads a chat transcript of Amazon Connect. Throws `format-malformed`. */
export function readConnectChat(value: unknown): ImportedConversation {
  const file = fileSchema.safeParse(value);
  if (!file.success) throw malformed("The chat transcript has no list of items.", null, null, "Transcript");
  const { turns, startedAt, durationMs, notes } = readChatItems(file.data.Transcript);
  const contact = file.data.ContactId ?? null;
  return {
    format: "Amazon Connect chat transcript",
    kind: "chat",
    channel: "chat",
    title: null,
    startedAt,
    timeZone: null,
    ...connectFacts(value),
    transcript: buildTranscript({ turns, durationMs }),
    notes:
      contact === null
        ? notes
        : [
            ...notes,
            {
              level: "kept",
              what: "The contact's id in Amazon Connect: conversations of one contact are joined by it.",
              where: "ContactId",
            },
          ],
  };
}

/** Reads the items of a chat: messages and attachments become turns, events become notes. */
export function readChatItems(items: readonly unknown[]): {
  turns: DraftTurn[];
  /** The item's own id for each turn; empty where it has none. */
  ids: string[];
  startedAt: string | null;
  durationMs: number;
  notes: ImportNote[];
} {
  const notes: ImportNote[] = [];
  const turns: DraftTurn[] = [];
  const ids: string[] = [];
  const left = new Map<string, number>();
  let first: number | null = null;
  let time = 0;
  let idle = 0;
  for (const { value: item } of readEach(items, itemList, notes)) {
    const instant = toInstant(item.AbsoluteTime);
    if (instant !== null) {
      const at = Date.parse(instant);
      first ??= at;
      idle = Math.max(idle, at - first - time);
      // A message that arrived late keeps its place; time does not run backwards by more than its own stamp says.
      time = Math.max(0, at - first);
    }
    const type = item.Type ?? "MESSAGE";
    if (type !== "MESSAGE" && type !== "ATTACHMENT") {
      const event = item.ContentType?.split(".event.").at(-1) ?? type.toLowerCase();
      left.set(event, (left.get(event) ?? 0) + 1);
      continue;
    }
    const text = textOf(item);
    if (text === "") continue;
    const role = roleInChat(item);
    ids.push(item.Id ?? "");
    turns.push({
      speaker: {
        key: `${item.ParticipantId ?? ""} ${item.ParticipantRole ?? ""} ${item.DisplayName ?? ""}`,
        role,
        name: nameOf(item, role),
      },
      startMs: time,
      endMs: time,
      text,
    });
  }
  for (const [event, count] of left)
    notes.push({ level: "ignored", what: `${count} ${count === 1 ? "event" : "events"}: ${event}.`, where: "Transcript" });
  if (idle > idleMs)
    notes.push({
      level: "kept",
      what: `A pause of ${Math.round(idle / 60_000)} minutes; the length is the whole span.`,
      where: "Transcript",
    });
  return { turns, ids, startedAt: first === null ? null : toInstant(first), durationMs: time, notes };
}

function roleInChat(item: ChatItem): Role {
  switch (item.ParticipantRole?.toUpperCase()) {
    case "AGENT":
      return "agent";
    case "CUSTOMER":
      return "customer";
    case "CUSTOM_BOT":
      return "bot";
    case "SYSTEM":
      // Bots speak as SYSTEM with the name BOT; what the system itself says (a transfer, a time-out) bears another name.
      return /bot/iu.test(item.DisplayName ?? "") ? "bot" : "other";
    case "SUPERVISOR":
      return "other";
    default:
      return roleOf(item.DisplayName ?? "");
  }
}

/** The name to show; null where it only says the role again. */
function nameOf(item: ChatItem, role: Role): string | null {
  const name = item.DisplayName ?? null;
  return name !== null && name.toLowerCase() === role ? null : name;
}

function textOf(item: ChatItem): string {
  const names = (item.Attachments ?? []).map(({ AttachmentName }) => AttachmentName);
  const attached = names.length === 0 && item.Type === "ATTACHMENT" ? "[attachment]" : attachmentText(names);
  const content = item.Content ?? "";
  const structured = /json|interactive/u.test(item.ContentType ?? "") ? readable(tryJson(content)) : "";
  return [structured === "" ? content.trim() : structured, attached].filter((part) => part !== "").join(" ");
}

/** What a person saw of an interactive message: its titles and its choices. */
function readable(value: unknown, depth = 0): string {
  if (typeof value !== "object" || value === null || depth > 6) return "";
  if (Array.isArray(value)) {
    return value
      .slice(0, 50)
      .map((one) => readable(one, depth + 1))
      .filter((text) => text !== "")
      .join(" / ");
  }
  const parts: string[] = [];
  for (const key of ["title", "subtitle", "label", "text", "value", "data", "content", "elements", "replyMessage"]) {
    const part = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    const text = typeof part === "string" ? part.trim() : readable(part, depth + 1);
    if (text !== "") parts.push(text);
  }
  return parts.join(" ");
}
