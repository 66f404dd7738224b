import { readChatItems } from "./connect-chat.ts";
import { connectFacts } from "./contact-facts.ts";
import { at, notesOn } from "./import-notes.ts";
import { buildTranscript, type ImportedConversation, madeBy, toLanguage } from "./imported.ts";
import { malformed } from "./json-text.ts";
import { chatSentiment, withChatFindings } from "./vendor-chat.ts";
import { contactSummaries } from "./vendor-summaries.ts";

/** Whether a parsed file is a chat as Amazon Connect Contact Lens writes it. */
export function isContactLensChat(value: Record<string, unknown>): boolean {
  if (!Array.isArray(value["Transcript"])) return false;
  return value["Channel"] === "CHAT" || "ChatTranscriptVersion" in value;
}

const format = "Amazon Connect Contact Lens chat";

/** Reads a chat of Amazon Connect Contact Lens: the items of a chat transcript, with what Amazon found in them. Throws `format-malformed`. */
export function readContactLensChat(value: unknown): ImportedConversation {
  const items = at(value, "Transcript");
  if (!Array.isArray(items)) throw malformed("The chat has no list of items.", null, null, "Transcript");
  const { turns, ids, startedAt, durationMs, notes } = readChatItems(items);
  const language = at(value, "LanguageCode");
  return {
    format,
    kind: "chat",
    channel: "chat",
    title: null,
    startedAt,
    timeZone: null,
    ...connectFacts(value),
    transcript: buildTranscript({
      turns: withChatFindings(value, turns, ids),
      durationMs,
      language: typeof language === "string" ? toLanguage(language) : null,
      provenance: madeBy("Amazon Connect"),
      vendor: { source: format, sentiment: chatSentiment(value, turns), summaries: contactSummaries(value) },
    }),
    notes: [
      ...notes,
      ...notesOn(value, [
        ["ContentMetadata.RedactionTypes", "kept", "What Amazon has masked stays masked."],
        ["ConversationCharacteristics.ResponseTime", "converted", "Response times are measured anew from the messages."],
        ["ConversationCharacteristics.Sentiment", "kept", "Amazon's sentiment, beside what Earmark reads from the words."],
        [
          "ConversationCharacteristics.ContactSummary",
          "kept",
          "Amazon's summary, and the issues, actions and outcomes that it marked.",
        ],
        ["Categories.MatchedCategories", "kept", "The categories that Amazon matched, at the places it gives."],
        [
          "CustomerMetadata.ContactId",
          "kept",
          "The contact's id in Amazon Connect: conversations of one contact are joined by it.",
        ],
      ]),
    ],
  };
}
