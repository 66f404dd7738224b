import { describe, expect, it } from "vitest";
import type { Conversation } from "../conversation/conversation.ts";
import { measure } from "../conversation/measures.ts";
import { readTranscriptFile } from "./detect.ts";
import { exportConversation } from "./export.ts";
import { formatSamples } from "./format-samples.test-data.ts";

const sample = readTranscriptFile(formatSamples["post-call-analytics"]);
const conversation: Conversation = {
  id: "c1",
  kind: "call",
  channel: "voice",
  title: "A bill: too high",
  startedAt: "2026-03-02T09:00:00.000Z",
  timeZone: null,
  importedAt: "2026-03-02T10:00:00.000Z",
  source: { name: "call.json", sha256: "0".repeat(64), bytes: 1, format: sample.format },
  ...sample.transcript,
  measures: measure(sample.transcript.durationMs, sample.transcript.participants, sample.transcript.turns),
};
/** Who says what, and when: roles where the format names no people. */
const said = (text: string) => {
  const { participants, turns } = readTranscriptFile(text).transcript;
  const roleOf = new Map(participants.map(({ id, role }) => [id, role]));
  return turns.map(({ participantId, startMs, text: words }) => [roleOf.get(participantId), startMs, words]);
};

describe("what Earmark writes", () => {
  const unnamed = { ...conversation, participants: conversation.participants.map((one) => ({ ...one, name: null })) };
  const expected = [
    ["agent", 500, "Hello there."],
    ["customer", 3_000, "Hi."],
    ["ivr", 5_000, "Please hold."],
  ];
  it.each(["srt", "vtt"] as const)("as %s it reads again", (format) => {
    expect(said(exportConversation(unnamed, format).text)).toEqual(expected);
  });
  it("as txt it reads again, with the time it began, to the second", () => {
    const { text } = exportConversation(unnamed, "txt");
    expect(said(text)).toEqual(
      expected.map(([role, startMs, words]) => [role, Math.floor(Number(startMs) / 1_000) * 1_000, words]),
    );
    expect(readTranscriptFile(text).startedAt).toBe("2026-03-02T09:00:00.000Z");
  });
  it("as its own document it reads again whole", () => {
    const { transcript, format } = readTranscriptFile(exportConversation(conversation, "json").text);
    expect(format).toBe("Earmark conversation document");
    expect(transcript).toEqual(sample.transcript);
  });
});
