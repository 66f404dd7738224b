import { describe, expect, it } from "vitest";
import type { WhisperConfiguration } from "../whisper/configuration.ts";
import { builtInVoice } from "./model-folders.ts";
import { compareWithPeer, timedDifference } from "./parity.ts";
import { percentile } from "./percentiles.ts";
import { ffmpegPath, readRecording } from "./recording.ts";
import { sampleCalls } from "./sample-calls.ts";
import { wordTimeSteps } from "./word-time-parity.ts";

/*
 * A taste of `npm run parity`, which compares fifty windows and models of random weights too: the demo voice and a sample
 * call, both of which come with Earmark. The windows are of two lengths, so that their rows end at different steps.
 */

const ffmpeg = (await ffmpegPath()) !== null;

it("compares where there is ffmpeg", () => {
  expect(ffmpeg ? "compared" : "not compared: ffmpeg is missing").toMatch(/compared/u);
});

describe.runIf(ffmpeg)("Earmark and transformers.js with the same graphs", () => {
  it("say the same tokens, from the same features and the same numbers, and mean the same times", async () => {
    const call = sampleCalls().find(({ mono }) => !mono);
    const [agent] = (await readRecording(call?.path ?? "")).channels;
    const seconds = [
      [0, 7],
      [9, 13],
    ] as const;
    const windows = seconds.map(([from, to]) => agent?.slice(from * 16_000, to * 16_000) ?? new Float32Array(0));
    const parity = await compareWithPeer(builtInVoice, windows);
    expect(parity.features).toBeLessThan(1e-4);
    expect(parity.encoder).toBeLessThan(1e-3);
    expect(parity.firstLogits).toBeLessThan(1e-3);
    expect(parity.tokens).toBeGreaterThan(20);
    expect([parity.sameTokens, parity.sameTimed]).toEqual([2, 2]);
    expect(parity.reasons["unexplained"]).toBeUndefined();
    const { words, starts, ends } = parity.wordTimes;
    expect(words).toBeGreaterThan(15);
    // They read the row after; with that, the prompt's rows and the silence accounted for, nothing is left.
    expect(percentile(starts[0] ?? [], 0.5)).toBeGreaterThan(40);
    expect(percentile(starts[1] ?? [], 0.5)).toBeLessThanOrEqual(20);
    for (const side of [starts, ends]) expect(percentile(side[wordTimeSteps.length - 1] ?? [], 1)).toBeLessThanOrEqual(20);
  }, 60_000);
});

describe("why timed tokens differ", () => {
  const configuration = {
    tokens: { endOfText: 10, firstTimestamp: 15 },
    latestFirstTimestamp: 4,
  } as WhisperConfiguration;
  const why = (ours: readonly number[], theirs: readonly number[]) => timedDifference(ours, theirs, configuration);

  it("is told from the first different token", () => {
    expect(why([15, 1], [15, 1])).toBeNull();
    expect(why([15, 1], [22, 1])).toMatch(/later than the model allows/u);
    expect(why([18, 1, 20], [18, 1, 16])).toMatch(/runs backwards/u);
    expect(why([18, 1], [18, 12])).toMatch(/prompt token/u);
    expect(why([18, 1], [18, 2])).toBe("unexplained");
  });
});
