import { expect, it } from "vitest";
import { whisperThresholds } from "./decoding.ts";
import { doubtOf } from "./window-doubt.ts";

it("a window's words are in doubt when nobody spoke, when they are a loop, and when they are a guess", () => {
  const heard = (meanLogProbability: number, compressionRatio: number, noSpeechProbability: number) =>
    doubtOf({ meanLogProbability, compressionRatio, noSpeechProbability }, whisperThresholds);
  expect(heard(-0.3, 1.5, 0.1)).toBeUndefined();
  // Sure of its words, whatever the no-speech token says.
  expect(heard(-0.3, 1.5, 0.9)).toBeUndefined();
  expect(heard(-1.2, 1.5, 0.9)).toBe("no-speech");
  expect(heard(-0.1, 3, 0.1)).toBe("repetition");
  expect(heard(-1.2, 1.5, 0.1)).toBe("improbable");
});
