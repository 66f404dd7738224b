import { type Conversation, toDocument } from "../conversation/conversation.ts";

/** The whole conversation as Earmark's own versioned document, which Earmark also reads. */
export function writeJson(conversation: Conversation): string {
  return `${JSON.stringify(toDocument(conversation), null, 2)}\n`;
}
