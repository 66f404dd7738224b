import { describe, expect, it } from "vitest";
import { exclusiveSegments, readSpeakerLines, speakerGroups, toVoiceSegments } from "./speaker-segments.ts";

const text = `[ 00:00:00.497 -->  00:00:03.104] A SPEAKER_01
[ 00:00:03.120 -->  00:00:09.870] B SPEAKER_00
[ 01:02:03.004 -->  01:02:04.000] AB SPEAKER_01
`;

function segment(startMs: number, endMs: number, voice: number) {
  return { startMs, endMs, voice, confidence: null };
}

describe("the lines of the diarization endpoint", () => {
  it("are read with their times and speakers, in order of start", () => {
    expect(readSpeakerLines(text)).toEqual([
      { startMs: 497, endMs: 3_104, speaker: "SPEAKER_01" },
      { startMs: 3_120, endMs: 9_870, speaker: "SPEAKER_00" },
      { startMs: 3_723_004, endMs: 3_724_000, speaker: "SPEAKER_01" },
    ]);
    expect(readSpeakerLines(text.split("\n").toReversed().join("\r\n"))).toEqual(readSpeakerLines(text));
    expect(readSpeakerLines("")).toEqual([]);
  });

  it.each(["-", "<html>", `${text}garbage`, "[ 00:00:03.000 -->  00:00:01.000] A SPEAKER_00"])("are refused whole: %j", (bad) => {
    expect(readSpeakerLines(bad)).toBeNull();
  });

  it("become voices in the order in which they are heard, within the recording", () => {
    const lines = readSpeakerLines(text) ?? [];
    expect(toVoiceSegments(lines, 9_000)).toEqual({
      speakers: ["SPEAKER_01", "SPEAKER_00"],
      segments: [segment(497, 3_104, 0), segment(3_120, 9_000, 1)],
    });
  });
});

describe("one voice at a time", () => {
  it("lets whoever speaks first finish", () => {
    const segments = [segment(0, 5_000, 0), segment(1_000, 2_000, 1), segment(4_000, 7_000, 1), segment(8_000, 9_000, 0)];
    expect(exclusiveSegments(segments)).toEqual([segment(0, 5_000, 0), segment(5_000, 7_000, 1), segment(8_000, 9_000, 0)]);
  });
});

describe("the chunks", () => {
  it("join what one speaker says, until another does", () => {
    const segments = [segment(0, 900, 0), segment(1_000, 2_000, 0), segment(2_500, 3_000, 1), segment(3_100, 4_000, 0)];
    expect(speakerGroups(segments)).toEqual([
      { voice: 0, startMs: 0, endMs: 2_000 },
      { voice: 1, startMs: 2_500, endMs: 3_000 },
      { voice: 0, startMs: 3_100, endMs: 4_000 },
    ]);
  });

  it("end after a segment that an earlier one engulfs, without losing what that one says after it", () => {
    const segments = [segment(0, 10_000, 0), segment(2_000, 5_000, 0), segment(11_000, 12_000, 0)];
    expect(speakerGroups(segments)).toEqual([
      { voice: 0, startMs: 0, endMs: 10_000 },
      { voice: 0, startMs: 11_000, endMs: 12_000 },
    ]);
    expect(speakerGroups([])).toEqual([]);
  });
});
