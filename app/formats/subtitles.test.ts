import { describe, expect, it } from "vitest";
import { detectFormat, readTranscriptFile } from "./detect.ts";
import { formatSamples } from "./format-samples.test-data.ts";

const turnsOf = (text: string) =>
  readTranscriptFile(text).transcript.turns.map(({ participantId, startMs, endMs, text: said }) => [
    participantId,
    startMs,
    endMs,
    said,
  ]);

describe("subtitles", () => {
  it("of SubRip join the cues of one voice, which goes on until another is named", () => {
    expect(turnsOf(formatSamples.srt)).toEqual([
      ["p1", 1_000, 4_000, "Hello there how are you?"],
      ["p2", 5_000, 6_000, "Fine"],
    ]);
  });
  it("of WebVTT take the voice from its tag, and the role from the voice", () => {
    const { participants } = readTranscriptFile(formatSamples.vtt).transcript;
    expect(participants.map(({ role, name }) => [role, name])).toEqual([
      ["agent", null],
      ["other", "Anna Smith"],
    ]);
    expect(turnsOf(formatSamples.vtt)).toEqual([
      ["p1", 1_000, 2_000, "Hello & welcome"],
      ["p2", 3_000, 4_000, "Hi"],
    ]);
  });
  it("do not take the beginning of a sentence for a name", () => {
    const text = "1\n00:00:01,000 --> 00:00:02,000\nListen: it is late\n\n2\n00:00:02,000 --> 00:00:03,000\nand dark\n";
    expect(turnsOf(text).map(([, , , said]) => said)).toEqual(["Listen: it is late", "and dark"]);
    expect(readTranscriptFile(text).transcript.shortfalls.map(({ lacks }) => lacks)).toEqual(["word-times", "speakers"]);
  });
  it("read cues without empty lines between them, times without hours, and a full stop for a comma", () => {
    const text = "1\n00:01.000 --> 00:02.000\nOne\n2\n01:00:03.5 --> 01:00:04.25\nTwo\n";
    expect(detectFormat(text)).toBe("srt");
    expect(turnsOf(text)).toEqual([
      ["p1", 1_000, 2_000, "One"],
      ["p1", 3_603_500, 3_604_250, "Two"],
    ]);
  });
  it("without one timing that can be read say in which line", () => {
    expect(() => readTranscriptFile("WEBVTT\n\n00:aa --> 00:bb\nHello\n")).toThrow(
      expect.objectContaining({ code: "format-malformed", details: expect.objectContaining({ line: 3 }) }),
    );
  });
});
