import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Conversation, conversationDocumentSchema, toDocument } from "./conversation.ts";
import { measure } from "./measures.ts";

const participants: Conversation["participants"] = [
  { id: "p1", role: "agent", roleConfidence: 0.93, name: "Laura", channel: 0 },
  { id: "p2", role: "customer", roleConfidence: null, name: null, channel: null },
];

const turns: Conversation["turns"] = [
  {
    id: "t1",
    participantId: "p1",
    startMs: 0,
    endMs: 1_200,
    text: "It is [card number]",
    words: [
      { id: "w1", text: "It", startMs: 0, endMs: 200, confidence: 0.5, doubt: "improbable" },
      { id: "w2", text: "is", startMs: 200, endMs: 400, confidence: null },
      { id: "w3", text: "[card number]", startMs: 400, endMs: 1_200, confidence: 1, redaction: "card-number" },
    ],
    translation: "It is [card number]",
    language: "en-GB",
    speakerConfidence: 0.7,
  },
  {
    id: "t2",
    participantId: "p2",
    startMs: 1_300,
    endMs: 1_300,
    text: "Ünïcode 語 👍",
    words: [],
    bot: { intent: "Pay", confidence: 0.4, missed: false, slots: { Amount: "5", Card: null }, state: "Fulfilled" },
    speakerConfidence: null,
  },
];

const conversation: Conversation = {
  id: "c1",
  kind: "call",
  channel: "voice",
  title: "A call",
  startedAt: "2026-02-03T10:00:00.000Z",
  timeZone: "Europe/London",
  importedAt: "2026-02-04T08:00:00.000Z",
  source: { name: "a.wav", sha256: "0".repeat(64), bytes: 12, format: "WAV" },
  durationMs: 2_000,
  language: "en",
  participants,
  turns,
  shortfalls: [{ lacks: "translation", reason: "not-asked", modelId: null }],
  provenance: {
    engine: "earmark",
    models: [{ id: "m", task: "transcription", sha256: "1".repeat(64), limited: true }],
    executionProvider: "cpu",
  },
  measures: measure(2_000, participants, turns),
};

describe("the conversation document", () => {
  it("is read back as it was written", () => {
    const document = toDocument(conversation);
    expect(conversationDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  it.each([
    ["another version", { version: 2 }],
    ["another schema", { schema: "https://example.com" }],
    ["a time with a fraction", { conversation: { ...conversation, durationMs: 0.5 } }],
    ["a time before the start", { conversation: { ...conversation, durationMs: -1 } }],
    ["an instant that is none", { conversation: { ...conversation, startedAt: "3 February" } }],
    ["an unknown role", { conversation: { ...conversation, participants: [{ ...participants[0], role: "boss" }] } }],
    ["a confidence above 1", { conversation: { ...conversation, participants: [{ ...participants[0], roleConfidence: 1.01 }] } }],
    ["no measures", { conversation: { ...conversation, measures: undefined } }],
  ])("is refused with %s", (_what, change) => {
    expect(conversationDocumentSchema.safeParse({ ...toDocument(conversation), ...change }).success).toBe(false);
  });

  it("has a JSON Schema that other programs can use", () => {
    const schema = z.toJSONSchema(conversationDocumentSchema);
    expect(schema.properties).toMatchObject({
      schema: { const: "https://earmark.app/schema/conversation" },
      version: { const: 1 },
    });
    expect(schema.required).toEqual(["schema", "version", "conversation"]);
    expect(JSON.stringify(schema)).toContain('"startMs"');
  });
});
