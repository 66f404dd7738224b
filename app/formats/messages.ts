import type { BotReading, Channel } from "../conversation/conversation.ts";
import type { ContactDirection } from "./contact-facts.ts";
import {
  buildTranscript,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  madeBy,
  toInstant,
  type VendorDraft,
} from "./imported.ts";

/** A message as a file gives it. */
export interface DraftMessage {
  readonly speaker: DraftSpeaker;
  /** When it was sent, as the file writes it; null where it does not say. */
  readonly at: string | number | null;
  readonly text: string;
  readonly vendor?: DraftTurn["vendor"];
  readonly bot?: BotReading;
}

/** What is known of a conversation in messages. */
export interface MessagesDraft {
  readonly format: string;
  readonly channel: Channel;
  /** The program that carried the messages. */
  readonly engine: string | null;
  readonly messages: readonly DraftMessage[];
  readonly language?: string | null;
  readonly notes: readonly ImportNote[];
  readonly title?: string | null;
  readonly timeZone?: string | null;
  readonly queue?: string | null;
  readonly direction?: ContactDirection | null;
  readonly vendor?: VendorDraft;
}

/** Makes a chat of messages in order of their times. One without a time stays behind the one before it, and a note says so. */
export function messagedConversation(draft: MessagesDraft): ImportedConversation {
  const { format, channel, messages, engine } = draft;
  const timed = messages.filter(({ text }) => text.trim() !== "").map((message) => ({ message, instant: toInstant(message.at) }));
  const first = timed.reduce(
    (least, { instant }) => (instant === null ? least : Math.min(least, Date.parse(instant))),
    Number.POSITIVE_INFINITY,
  );
  const began = Number.isFinite(first) ? first : null;
  let last = 0;
  const turns = timed.map(({ message: { at: _, ...message }, instant }): DraftTurn => {
    if (instant !== null && began !== null) last = Date.parse(instant) - began;
    return { ...message, startMs: last, endMs: last };
  });
  const untimed = timed.filter(({ instant }) => instant === null).length;
  const notes: ImportNote[] = [...draft.notes];
  if (untimed > 0)
    notes.push({
      level: "converted",
      what: `Messages without a time stand where the file has them: ${untimed}.`,
      where: "the whole file",
    });
  return {
    format,
    kind: "chat",
    channel,
    title: draft.title ?? null,
    startedAt: toInstant(began),
    timeZone: draft.timeZone ?? null,
    queue: draft.queue ?? null,
    direction: draft.direction ?? null,
    transcript: buildTranscript({
      turns,
      language: draft.language ?? null,
      provenance: engine === null ? null : madeBy(engine),
      ...(draft.vendor === undefined ? {} : { vendor: draft.vendor }),
    }),
    notes,
  };
}

/** What stands in a message's place for files that came with it; empty where none did. */
export function attachmentText(names: readonly (string | null | undefined)[]): string {
  return names.length === 0 ? "" : `[attachment: ${names.map((name) => name ?? "file").join(", ")}]`;
}

/** Text and attachments on one line, as far as there are any. */
export function withAttachments(text: string | null | undefined, names: readonly (string | null | undefined)[]): string {
  return [text?.trim() ?? "", attachmentText(names)].filter((part) => part !== "").join(" ");
}
