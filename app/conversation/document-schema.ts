import { z } from "zod";
import { conversationDocumentSchema } from "./conversation.ts";

/**
 * The JSON Schema (2020-12) of Earmark's own conversation document, made of the zod schema. It is published as
 * `resources/schemas/conversation-1.schema.json`.
 */
export function conversationJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(conversationDocumentSchema, { io: "input" });
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: "https://earmark.app/schema/conversation-1.json",
    title: "Earmark conversation document",
    description:
      "A call, a chat or a bot session: who took part, who spoke when, what was said. Times are whole milliseconds from the start, instants are ISO 8601 UTC, null means that nobody knows.",
    ...schema,
  };
}
