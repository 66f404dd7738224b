import { readChatItems } from "./connect-chat.ts";
import { at, notesOn } from "./import-notes.ts";
import { buildTranscript, type ImportedConversation, madeBy, toLanguage } from "./imported.ts";
import { malformed } from "./json-text.ts";

/** Whether a parsed file is a chat as Amazon Connect Contact Lens writes it. */
export function isContactLensChat(value: Record<string, unknown>): boolean {
  if (!Array.isArray(value["Transcript"])) return false;
  return value["Channel"] === "CHAT" || "ChatTranscriptVersion" in value;
}

/** Reads a chat of Amazon Connect Contact Lens: the items of a chat transcript, with what Amazon found in them. Throws `format-malformed`. */
export function readContactLensChat(value: unknown): ImportedConversation {
  const items = at(value, "Transcript");
  if (!Array.isArray(items)) throw malformed("The chat has no list of items.", null, null, "Transcript");
  const { turns, startedAt, durationMs, notes } = readChatItems(items);
  const language = at(value, "LanguageCode");
  return {
    format: "Amazon Connect Contact Lens chat",
    kind: "chat",
    channel: "chat",
    title: null,
    startedAt,
    timeZone: null,
    transcript: buildTranscript({
      turns,
      durationMs,
      language: typeof language === "string" ? toLanguage(language) : null,
      provenance: madeBy("Amazon Connect"),
    }),
    notes: [
      ...notes,
      ...notesOn(value, [
        ["ContentMetadata.RedactionTypes", "kept", "What Amazon has masked stays masked."],
        ["ConversationCharacteristics.ResponseTime", "converted", "Response times are measured anew from the messages."],
        ["ConversationCharacteristics.Sentiment", "ignored", "Amazon's sentiment; Earmark reads it from the words."],
        ["ConversationCharacteristics.ContactSummary", "ignored", "Amazon's summary."],
        ["Categories.MatchedCategories", "ignored", "The categories that Amazon matched."],
        ["CustomerMetadata.ContactId", "ignored", "The contact's id in Amazon Connect."],
      ]),
    ],
  };
}
