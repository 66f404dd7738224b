import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "./detect.ts";
import { formatSamples, whisper, whisperCpp, whisperX } from "./format-samples.test-data.ts";

const read = (value: unknown) => readTranscriptFile(JSON.stringify(value));

describe("Whisper's transcripts", () => {
  it("has a turn for each segment, words where they are, and nobody told apart", () => {
    const { format, transcript } = read(whisper);
    expect(format).toBe("Whisper transcript");
    expect(transcript.turns.map(({ startMs, endMs, text, words }) => [startMs, endMs, text, words.length])).toEqual([
      [0, 1_500, "Hello there.", 2],
      [2_000, 3_000, "How are you?", 0],
    ]);
    expect(transcript.turns[0]?.words[1]).toEqual({ id: "w2", text: "there.", startMs: 600, endMs: 1_500, confidence: 0.8 });
    expect(transcript.shortfalls.map(({ lacks }) => lacks)).toEqual(["word-times", "speakers"]);
  });

  it("of WhisperX part a segment between its voices, and place a word without times", () => {
    const { format, transcript, notes } = read(whisperX);
    expect(format).toBe("WhisperX transcript");
    expect(transcript.turns.map(({ participantId, startMs, endMs, text }) => [participantId, startMs, endMs, text])).toEqual([
      ["p1", 500, 1_800, "In 2014 we met."],
      ["p2", 2_200, 4_000, "Yes. Right."],
      ["p3", 20_000, 21_000, "Music"],
    ]);
    expect(transcript.turns[0]?.words[1]).toEqual({ id: "w2", text: "2014", startMs: 600, endMs: 1_200, confidence: null });
    expect(notes).toEqual([
      { level: "converted", what: "Words without times, placed between their neighbours: 1.", where: "segments[].words" },
    ]);
  });

  it("of whisper.cpp make words of tokens, as sure as the least sure of them", () => {
    const { transcript } = read(whisperCpp);
    expect(transcript.turns.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [0, 1_500, "Fixing it."],
      [2_000, 3_250, "Thanks."],
    ]);
    expect(transcript.turns[0]?.words.map(({ text, startMs, endMs, confidence }) => [text, startMs, endMs, confidence])).toEqual([
      ["Fixing", 0, 600, 0.6],
      ["it.", 700, 950, 0.95],
    ]);
  });

  it("of Whisper's table have times in milliseconds", () => {
    const { turns } = readTranscriptFile(formatSamples.tsv).transcript;
    expect(turns.map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [0, 1_500, "Hello there."],
      [1_500, 3_000, "How are you?"],
    ]);
  });
});
