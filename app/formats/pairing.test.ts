import { expect, it } from "vitest";
import { pairsByName } from "./pairing.ts";

/** The pairs as names. */
const pairs = (...names: string[]) =>
  pairsByName(names).map(({ transcript, recording }) => [names[transcript], names[recording]]);

it("a transcript goes with the recording of its name, however programs have added to it", () => {
  expect(pairs("b.txt", "Call 7.WAV", "call 7.json", "b.mp3")).toEqual([
    ["b.txt", "b.mp3"],
    ["call 7.json", "Call 7.WAV"],
  ]);
  expect(pairs("a/call.wav", "b/call.wav.json")).toEqual([["b/call.wav.json", "a/call.wav"]]);
  expect(pairs("call.wav", "call_transcript.srt")).toEqual([["call_transcript.srt", "call.wav"]]);
  const id = "8194aaaa-0000-4000-8000-00000000000f";
  expect(pairs(`${id}_20260407T08:45_UTC.wav`, `${id}_analysis_redacted_2026-04-07T08:50:00Z.json`)).toHaveLength(1);
});

it("what is called alike twice, or holds neither words nor sound, goes with nothing", () => {
  expect(pairs("call.wav", "call.json", "call.srt")).toEqual([]);
  expect(pairs("call.wav", "call.mp3", "call.json")).toEqual([]);
  expect(pairs("call.pdf", "call.json", "other.wav")).toEqual([]);
  expect(pairs(".wav", ".json")).toEqual([]);
});
