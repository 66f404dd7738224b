import { describe, expect, it } from "vitest";
import type { WhisperConfiguration } from "./configuration.ts";
import { decodingRules } from "./rules.ts";

/** Ten text tokens, end 10, start 11, `en` 12, transcribe 13, no timestamps 14, timestamps 15 to 24. */
const configuration: WhisperConfiguration = {
  modelWidth: 4,
  decoderLayers: 1,
  decoderHeads: 1,
  encoderPositions: 10,
  decoderPositions: 20,
  vocabulary: 25,
  features: { bands: 80, fftSize: 400, hop: 160, rate: 16_000, frames: 20 },
  medianFilterWidth: 7,
  alignmentHeads: [[0, 0]],
  multilingual: true,
  languages: new Map([["en", 12]]),
  tokens: {
    startOfTranscript: 11,
    endOfText: 10,
    transcribe: 13,
    translate: null,
    startOfPrevious: null,
    noTimestamps: 14,
    firstTimestamp: 15,
  },
  suppressed: [3],
  suppressedAtBeginning: [5, 10],
  latestFirstTimestamp: 4,
  secondsPerPosition: 0.02,
};

function allowed(said: readonly number[], logits = new Float32Array(25)): number[] {
  decodingRules(configuration)(logits, said);
  return [...logits.keys()].filter((token) => logits[token] !== -Infinity);
}

/** Logits that make text far likelier than all times together. */
const wordy = () => new Float32Array(25).fill(5, 0, 11);

describe("what the decoder may say", () => {
  it("begins with a time, and not too late a one", () => {
    expect(allowed([])).toEqual([15, 16, 17, 18, 19]);
  });

  it("goes on with text after an opening time, without suppressed tokens and prompt tokens", () => {
    expect(allowed([15])).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("allows text, the end, or a later time after text", () => {
    expect(allowed([17, 1], wordy())).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 18, 19, 20, 21, 22, 23, 24]);
  });

  it("closes a pair of times, or ends, after a closing time; the same time may open the next phrase", () => {
    expect(allowed([15, 1, 20], wordy())).toEqual([10, 20, 21, 22, 23, 24]);
  });

  it("gives text after a pair", () => {
    expect(allowed([15, 1, 20, 20], wordy())).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("takes a time when all times together are likelier than any word", () => {
    const logits = new Float32Array(25).fill(0, 0, 15).fill(-1, 15);
    expect(allowed([15, 1], logits)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24]);
  });
});
