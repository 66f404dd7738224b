import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { exportConversation } from "../formats/export.ts";
import { writtenCall } from "../formats/written-call.test-data.ts";
import { conversationJsonSchema } from "./document-schema.ts";

const published: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../resources/schemas/conversation-1.schema.json"), "utf8"),
);

it("is published as the zod schema says", () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(conversationJsonSchema())));
});

it("takes what Earmark writes, and refuses what it would not", () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(published as object);
  const document = JSON.parse(exportConversation(writtenCall, "json").text) as { conversation: Record<string, unknown> };
  expect([validate(document), validate.errors]).toEqual([true, null]);
  document.conversation["durationMs"] = -1;
  expect(validate(document)).toBe(false);
});
