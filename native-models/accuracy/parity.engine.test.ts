import { describe, expect, it } from "vitest";
import type { WhisperConfiguration } from "../whisper/configuration.ts";
import { compareWithPeer, timedDifference } from "./parity.ts";
import { ffmpegPath, readRecording } from "./recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "./shared-material.ts";

/* A taste of `npm run parity`, which compares fifty windows and any model. */

const present = sharedMaterialPresent && (await ffmpegPath()) !== null;

it("compares the demo voice where it lies beside the repository", () => {
  expect(present ? "compared" : "not compared: ../shared or ffmpeg is missing").toMatch(/compared/u);
});

describe.runIf(present)("Earmark and transformers.js with the same graphs", () => {
  it("say the same tokens, from the same features and the same numbers", async () => {
    const [agent] = (await readRecording(`${sharedMaterial}audio/demo-calls/call2.wav`)).channels;
    const windows = [0, 1].map((i) => agent?.slice(i * 80_000, (i + 1) * 80_000) ?? new Float32Array(0));
    const parity = await compareWithPeer(`${sharedMaterial}models/demo-voice`, windows);
    expect(parity.features).toBeLessThan(1e-4);
    expect(parity.encoder).toBeLessThan(1e-3);
    expect(parity.firstLogits).toBeLessThan(1e-3);
    expect(parity.tokens).toBeGreaterThan(10);
    expect([parity.sameTokens, parity.sameTimed]).toEqual([2, 2]);
    expect(parity.reasons["unexplained"]).toBeUndefined();
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
