import { describe, expect, it } from "vitest";
import { EarmarkError, type ErrorCode } from "../../../app/contract/errors.ts";
import type { Transcript } from "../../../app/conversation/conversation.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../../app/conversation/speech.ts";
import type { SpeechEngine } from "../../../app/ports.ts";
import type { ProviderChooser } from "./provider-choice.ts";
import { withProviderFallback } from "./provider-fallback.ts";

const audio: DecodedAudio = { durationMs: 1, layout: "mono", correlation: null, channels: [], silentChannels: [] };
const diarization: Diarization = { method: "activity", voices: [], segments: [], exclusive: [], shortfalls: [], models: [] };

/** An engine whose graphics processor fails, and a chooser as it looks from here. */
function failing(code: ErrorCode, fails: (provider: string) => boolean) {
  const log: string[] = [];
  let provider = "webgpu";
  let replaced: { provider: string; reason: string } | null = null;
  const chooser: ProviderChooser = {
    order: () => Promise.resolve([provider, "cpu"]),
    current: () => null,
    first: () => provider,
    replaced: () => replaced,
    distrust: async (name, reason) => {
      log.push(`distrust ${name} ${reason}`);
      replaced = { provider: name, reason };
      provider = "cpu";
    },
    trustAgain: (name) => void log.push(`trust ${name}`),
    tryAgain: () => Promise.resolve(),
  };
  const transcript = (): Transcript => ({
    durationMs: 1,
    language: null,
    participants: [],
    turns: [],
    shortfalls: [],
    provenance: { engine: "earmark", models: [], executionProvider: provider },
  });
  const engine: SpeechEngine = {
    diarize: () => Promise.resolve(diarization),
    recognise: async () => {
      log.push(`hear on ${provider}`);
      if (fails(provider)) throw new EarmarkError(code, `${provider} broke.`);
      return transcript();
    },
    close: () => Promise.resolve(),
  };
  return { log, hears: withProviderFallback(engine, chooser) };
}

const attention = { signal: new AbortController().signal, onProgress: () => undefined };

describe("an engine whose graphics processor fails in the middle", () => {
  it.each(["engine-crashed", "engine-failed", "engine-out-of-memory", "engine-stalled"] as const)(
    "hears again on the processor after %s, and the result says so",
    async (code) => {
      const { log, hears } = failing(code, (provider) => provider !== "cpu");
      const { provenance } = await hears.recognise(audio, diarization, defaultSpeechOptions, attention);
      expect(provenance).toMatchObject({
        executionProvider: "cpu",
        adjustments: [{ kind: "provider", from: "webgpu", to: "cpu", reason: `${code}: webgpu broke.` }],
      });
      expect(log).toEqual(["hear on webgpu", `distrust webgpu ${code}: webgpu broke.`, "hear on cpu"]);
    },
  );

  it("says of every later recording that the one a person has named is passed over", async () => {
    const { hears } = failing("engine-crashed", (provider) => provider !== "cpu");
    await hears.recognise(audio, diarization, defaultSpeechOptions, attention);
    const { provenance } = await hears.recognise(audio, diarization, defaultSpeechOptions, attention);
    expect(provenance?.adjustments).toEqual([
      { kind: "provider", from: "webgpu", to: "cpu", reason: "engine-crashed: webgpu broke." },
    ]);
  });

  it("tells the processor's failure where that fails too, and does not blame the provider", async () => {
    const { log, hears } = failing("engine-failed", () => true);
    await expect(hears.recognise(audio, diarization, defaultSpeechOptions, attention)).rejects.toMatchObject({
      message: "cpu broke.",
    });
    expect(log.at(-1)).toBe("trust webgpu");
  });

  it.each(["cancelled", "model-damaged", "file-missing"] as const)("does not try again after %s", async (code) => {
    const { log, hears } = failing(code, () => true);
    await expect(hears.recognise(audio, diarization, defaultSpeechOptions, attention)).rejects.toMatchObject({ code });
    expect(log).toEqual(["hear on webgpu"]);
  });
});
