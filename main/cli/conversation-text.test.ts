import { describe, expect, it } from "vitest";
import type { Conversation } from "../../app/conversation/conversation.ts";
import { measure } from "../../app/conversation/measures.ts";
import { clock, conversationText, shortfallLines } from "./conversation-text.ts";

const participants: Conversation["participants"] = [
  { id: "a", role: "agent", roleConfidence: null, name: null, channel: 0 },
  { id: "b", role: "customer", roleConfidence: null, name: "Ms Weaver", channel: 1 },
];
const turns: Conversation["turns"] = [
  { id: "t1", participantId: "a", startMs: 1_000, endMs: 3_000, text: "Good morning.", words: [], speakerConfidence: null },
  { id: "t2", participantId: "b", startMs: 64_000, endMs: 66_000, text: "", words: [], speakerConfidence: null },
];
const conversation: Conversation = {
  id: "c",
  kind: "call",
  channel: "voice",
  title: "A call",
  startedAt: null,
  timeZone: null,
  importedAt: "2026-01-01T00:00:00Z",
  source: { name: "call.wav", sha256: "0", bytes: 1, format: "WAV, 2 channels, 8 kHz" },
  durationMs: 70_000,
  language: "en",
  participants,
  turns,
  shortfalls: [
    { lacks: "words", reason: "model-missing", modelId: "some/model" },
    { lacks: "translation", reason: "not-asked", modelId: null },
  ],
  provenance: null,
  measures: measure(70_000, participants, turns),
};

describe("a conversation on the terminal", () => {
  it("shows who said what when, by name where there is one", () => {
    const lines = conversationText(conversation).split("\n");
    expect(lines[0]).toBe("A call");
    expect(lines).toContain("   0:01  Agent: Good morning.");
    expect(lines).toContain("   1:04  Ms Weaver: (speaks until 1:06)");
    expect(lines).toContain("Agent: 0:02 (50 %), 1 turn, 60 words a minute");
  });

  it("gives a chat no talk time", () => {
    const lines = conversationText({ ...conversation, kind: "chat", channel: "chat" }).split("\n");
    expect(lines).toContain("Agent: 1 message, 2 words");
    expect(lines.some((line) => line.startsWith("talk"))).toBe(false);
  });

  it("says in one line which model is missing and how to get it, and nothing of what nobody asked for", () => {
    expect(shortfallLines("call.wav", conversation)).toBe(
      "call.wav: without words, because the model some/model is missing: `earmark models fetch some/model`.\n",
    );
  });

  it("writes times as people say them", () => {
    expect([0, 7_900, 724_000, 3_723_000].map(clock)).toEqual(["0:00", "0:07", "12:04", "1:02:03"]);
  });
});
