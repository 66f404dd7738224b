import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "./detect.ts";
import { contactLensVoice, formatSamples } from "./format-samples.test-data.ts";

describe("a result of Call Analytics", () => {
  it("has turns with roles, words with marks, times and confidence", () => {
    const { kind, channel, transcript, notes } = readTranscriptFile(formatSamples["call-analytics"]);
    expect([kind, channel, transcript.durationMs, transcript.language]).toEqual(["call", "voice", 9_000, "en-US"]);
    expect(transcript.participants.map(({ role, roleConfidence }) => [role, roleConfidence])).toEqual([
      ["agent", null],
      ["customer", null],
    ]);
    expect(transcript.turns[0]?.words).toEqual([
      { id: "w1", text: "Hello,", startMs: 40, endMs: 500, confidence: 0.9 },
      { id: "w2", text: "Anna.", startMs: 600, endMs: 1_300, confidence: 0.5 },
    ]);
    expect(transcript.shortfalls).toEqual([{ lacks: "word-times", reason: "not-asked", modelId: null }]);
    expect(notes).toContainEqual({ level: "kept", what: "Issues that Amazon marked: 1.", where: "Transcript" });
  });
});

describe("a call of Contact Lens", () => {
  it("finds roles by id, in a list or in the id itself", () => {
    const roles = (value: unknown) => readTranscriptFile(JSON.stringify(value)).transcript.participants.map(({ role }) => role);
    expect(roles(contactLensVoice)).toEqual(["customer", "agent"]);
    expect(roles({ ...contactLensVoice, Participants: [] })).toEqual(["customer", "agent"]);
  });
  it("says that it has no words, and what it left aside", () => {
    const { format, transcript, notes } = readTranscriptFile(JSON.stringify(contactLensVoice));
    expect(format).toBe("Amazon Connect Contact Lens call");
    expect(transcript.shortfalls).toEqual([{ lacks: "word-times", reason: "not-asked", modelId: null }]);
    expect(notes.map(({ where }) => where)).toEqual(["Categories.MatchedCategories", "CustomerMetadata.ContactId"]);
  });
  it("reads the segments of a live stream", () => {
    const live = {
      Channel: "VOICE",
      Segments: contactLensVoice.Transcript.map((turn) => ({ Transcript: { ...turn, ParticipantRole: "AGENT" } })),
    };
    expect(readTranscriptFile(JSON.stringify(live)).transcript.turns.map(({ startMs }) => startMs)).toEqual([7_370, 12_000]);
  });
});

describe("a chat of Contact Lens", () => {
  it("has the messages of the chat; the bot that speaks as the system is a bot", () => {
    const { format, kind, transcript } = readTranscriptFile(formatSamples["contact-lens-chat"]);
    expect([format, kind]).toEqual(["Amazon Connect Contact Lens chat", "chat"]);
    expect(transcript.participants.map(({ role }) => role)).toEqual(["bot", "customer"]);
    expect(transcript.turns.map(({ startMs, text }) => [startMs, text])).toEqual([
      [7_035, "How can I help you today?"],
      [67_035, "My parcel is lost"],
    ]);
  });
});
