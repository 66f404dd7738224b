import { conversationDocumentSchema } from "../conversation/conversation.ts";
import type { ImportedConversation } from "./imported.ts";
import { malformed } from "./json-text.ts";

/** Whether a parsed file says that it is Earmark's own. */
export function isEarmarkDocument(value: Record<string, unknown>): boolean {
  return value["schema"] === "https://earmark.app/schema/conversation";
}

/** Reads Earmark's own conversation document. Throws `format-malformed` with the path of the first thing that is wrong. */
export function readEarmarkDocument(value: unknown): ImportedConversation {
  const parsed = conversationDocumentSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(
      `The document does not follow Earmark's schema: ${issue?.message ?? ""}`,
      null,
      null,
      issue?.path.join(".") ?? "",
    );
  }
  const { conversation } = parsed.data;
  const { durationMs, language, participants, turns, sounds, hidden, vendor, shortfalls, provenance } = conversation;
  return {
    format: "Earmark conversation document",
    kind: conversation.kind,
    channel: conversation.channel,
    title: conversation.title === "" ? null : conversation.title,
    startedAt: conversation.startedAt,
    timeZone: conversation.timeZone,
    transcript: {
      durationMs,
      language,
      participants,
      turns,
      ...(sounds === undefined ? {} : { sounds }),
      ...(hidden === undefined ? {} : { hidden }),
      ...(vendor === undefined ? {} : { vendor }),
      shortfalls,
      provenance,
    },
    notes: [{ level: "converted", what: "Figures are measured anew from the turns.", where: "conversation.measures" }],
  };
}
