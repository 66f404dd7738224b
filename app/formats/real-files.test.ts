import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { transcriptSchema } from "../conversation/conversation.ts";
import { findSwappedRoles } from "../conversation/roles.ts";
import { detectFormat, lookAtFile, readTranscriptFile } from "./detect.ts";

/* Files as AWS' own programs wrote them. They lie beside the repository, where they lie at all. */
const folder = join(import.meta.dirname, "../../../shared/transcripts");
const present = existsSync(join(folder, "call-analytics.json"));
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");

const read = (name: string) => {
  const imported = readTranscriptFile(textOf(name));
  expect(transcriptSchema.parse(imported.transcript)).toEqual(imported.transcript);
  expect([imported.kind, imported.channel]).toEqual(["call", "voice"]);
  return imported;
};

it("tells whether the real files are here", () => {
  expect(typeof present).toBe("boolean");
  if (!present) process.stderr.write("The real transcripts are not here: their tests do not run.\n");
});

describe.runIf(present)("real files", () => {
  it("of Call Analytics: 37 turns with all words, redacted names, the stated length", () => {
    expect(detectFormat(textOf("call-analytics.json"))).toBe("call-analytics");
    const { transcript } = read("call-analytics.json");
    expect([transcript.turns.length, transcript.durationMs, transcript.language]).toEqual([37, 182_890, "en-US"]);
    expect(transcript.participants.map(({ role }) => role)).toEqual(["agent", "customer"]);
    expect(transcript.turns[0]).toMatchObject({ participantId: "p1", startMs: 40, endMs: 5_050 });
    expect(transcript.turns[0]?.words[5]).toMatchObject({ text: "Credit", startMs: 1_170, endMs: 1_480, confidence: 1 });
    for (const turn of transcript.turns) expect(turn.words.map(({ text }) => text).join(" ")).toBe(turn.text);
    const masked = transcript.turns.flatMap(({ words }) => words).filter(({ redaction }) => redaction === "pii");
    expect(masked.length).toBe((textOf("call-analytics.json").match(/"\[PII\]","Redaction":/gu) ?? []).length);
    expect(transcript.shortfalls).toEqual([]);
    expect(findSwappedRoles(transcript)).toBeNull();
  });

  it("of post call analytics: 12 turns, words that last, roles as given and seen to be swapped", () => {
    expect(detectFormat(textOf("pca-result.json"))).toBe("post-call-analytics");
    const { transcript, timeZone } = read("pca-result.json");
    expect([transcript.turns.length, timeZone]).toEqual([12, "America/New_York"]);
    expect(transcript.turns[1]).toMatchObject({
      text: "Thank you for calling Networks abc technical Support.",
      startMs: 640,
      endMs: 3_700,
    });
    const words = transcript.turns.flatMap((turn) => turn.words);
    expect(words.filter(({ startMs, endMs }) => endMs === startMs).length).toBeLessThan(words.length / 20);
    expect(transcript.participants.map(({ role }) => role)).toEqual(["agent", "customer"]);
    expect(findSwappedRoles(transcript)?.confidence).toBeGreaterThan(0.9);
  });

  it("of conversation intelligence: 46 turns, five without words, roles as given and seen to be swapped", () => {
    expect(detectFormat(textOf("ci-result-roles-swapped.json"))).toBe("conversation-intelligence");
    const { transcript, notes } = read("ci-result-roles-swapped.json");
    expect([transcript.turns.length, transcript.turns.filter(({ text }) => text === "").length]).toEqual([46, 5]);
    expect(transcript.turns[1]).toMatchObject({ startMs: 6_918, endMs: 8_056, text: "हैलो, हाई आड़ियो" });
    expect(notes).toContainEqual({ level: "kept", what: "Stretches of speech without words: 5.", where: "SpeechSegments" });
    expect(findSwappedRoles(transcript)?.confidence).toBeGreaterThan(0.9);
  });

  it("of Bedrock Data Automation: 51 turns, 737 words, two channels", () => {
    expect(detectFormat(textOf("bedrock-data-automation.json"))).toBe("bedrock-data-automation");
    const { transcript } = read("bedrock-data-automation.json");
    expect([transcript.turns.length, transcript.turns.flatMap(({ words }) => words).length]).toEqual([51, 737]);
    expect([transcript.durationMs, transcript.language]).toEqual([273_160, "en"]);
    expect(transcript.participants.map(({ channel }) => channel)).toEqual([1, 0]);
    for (const turn of transcript.turns) expect(turn.words.map(({ text }) => text).join(" ")).toBe(turn.text);
    expect(transcript.vendor?.summaries?.length).toBeGreaterThan(1);
    expect(transcript.vendor?.summaries?.[1]).toMatchObject({ name: "1", text: expect.stringContaining("Sleepaway Camp Hotel") });
  });

  it("each has channels where its program told them, every time within its length, and turns in order", () => {
    const channels: Record<string, (number | null)[]> = {
      "bedrock-data-automation.json": [1, 0],
      "call-analytics.json": [null, null],
      "ci-result-roles-swapped.json": [null, null],
      "pca-result.json": [null, null],
    };
    for (const [name, expected] of Object.entries(channels)) {
      const { transcript, notes } = read(name);
      expect([name, transcript.participants.map(({ channel }) => channel)]).toEqual([name, expected]);
      const starts = transcript.turns.map(({ startMs }) => startMs);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      expect(transcript.turns.every(({ endMs }) => endMs <= transcript.durationMs)).toBe(true);
      expect(notes.every(({ what, where }) => what !== "" && where !== "")).toBe(true);
    }
  });

  it("a map of terms is a table, and no conversation", () => {
    expect(lookAtFile(textOf("string-map-en.csv"))).toEqual({ format: null, parts: [], recording: null, table: true });
  });
});
