import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "./detect.ts";
import { formatSamples, postCallAnalytics } from "./format-samples.test-data.ts";
import { instantInZone, isTimeZone } from "./zoned-time.ts";

const read = (analytics: Record<string, unknown>) =>
  readTranscriptFile(
    JSON.stringify({ ...postCallAnalytics, ConversationAnalytics: { ...postCallAnalytics.ConversationAnalytics, ...analytics } }),
  );

describe("a result of post call analytics", () => {
  it("keeps the roles it names, takes the agent's name, and lets a word last until the next", () => {
    const { transcript } = read({});
    expect(transcript.participants.map(({ role, roleConfidence, name }) => [role, roleConfidence, name])).toEqual([
      ["agent", null, "ChrisL"],
      ["customer", null, null],
      ["ivr", null, null],
    ]);
    expect(transcript.turns[0]?.words.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual([
      ["Hello", 500, 1_100],
      ["there.", 1_100, 2_000],
    ]);
    expect(transcript.durationMs).toBe(12_500);
  });
  it("reads the time of the call as the local time of its place", () => {
    expect([read({}).startedAt, read({}).timeZone]).toEqual(["2021-07-25T17:35:14.000Z", "America/New_York"]);
    expect(read({ ConversationLocation: "Nowhere/Land" })).toMatchObject({
      startedAt: "2021-07-25T13:35:14.000Z",
      timeZone: null,
    });
  });
  it("does not take the time of the transcription for the time of the call", () => {
    const { startedAt, notes } = read({ ProcessTime: "2021-07-25 13:35:14" });
    expect(startedAt).toBeNull();
    expect(notes.map(({ where }) => where)).toContain("ConversationAnalytics.ConversationTime");
  });
});

describe("a result of conversation intelligence", () => {
  it("has times as text and stretches without words", () => {
    const { format, transcript } = readTranscriptFile(formatSamples["conversation-intelligence"]);
    expect(format).toBe("Conversation intelligence result");
    expect(transcript.turns.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [6_103, 6_494, "hi"],
      [7_500, 7_900, ""],
    ]);
    expect(transcript.participants.map(({ role }) => role)).toEqual(["agent", "customer"]);
  });
});

describe("a local time", () => {
  it("follows the clocks of its zone through the year", () => {
    expect(instantInZone("2026-01-10 09:00:00", "Europe/London")).toBe("2026-01-10T09:00:00.000Z");
    expect(instantInZone("2026-07-10 09:00:00", "Europe/London")).toBe("2026-07-10T08:00:00.000Z");
    expect(instantInZone("2026-10-25 01:30:00", "Europe/London")).toBe("2026-10-25T00:30:00.000Z");
    expect(instantInZone("2026-03-29 01:30:00", "Europe/London")).toBe("2026-03-29T01:30:00.000Z");
    expect(instantInZone("soon", "Europe/London")).toBeNull();
  });
  it("knows a zone from what is none", () => {
    expect([isTimeZone("Asia/Tokyo"), isTimeZone("Mars/Base"), isTimeZone("x".repeat(100))]).toEqual([true, false, false]);
  });
});
