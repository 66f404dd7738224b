import type { InferenceSession } from "onnxruntime-common";
import { describe, expect, it } from "vitest";
import { makeTensor, sharedModels } from "../accuracy/model-folders.ts";
import { ffmpegPath, readRecording } from "../accuracy/recording.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { logMel } from "../audio/log-mel.ts";
import { graphPaths } from "../catalogue.ts";
import type { Model } from "../session.ts";
import { SpeechError } from "../speech-error.ts";
import { readConfiguration, type WhisperConfiguration } from "./configuration.ts";
import { type Decoder, decodeWindows, promptOf, whisperThresholds } from "./decoding.ts";
import { openNetwork, rowsTogether } from "./network.ts";
import { decodingRules } from "./rules.ts";
import { readTokens } from "./tokens.ts";

const model =
  sharedMaterialPresent && (await ffmpegPath()) !== null ? sharedModels(`${sharedMaterial}models/`).transcription : null;

/** The model as an export that keeps the two kinds of step apart: each half takes and gives what such a file does. */
function parted(whole: Model): Model {
  const { decoder, firstDecoder, nextDecoder } = graphPaths.transcription;
  const half = (session: InferenceSession, cached: boolean): InferenceSession => {
    const absent = (name: string) =>
      name === "use_cache_branch" || name.startsWith(cached ? "encoder_hidden_states" : "past_key_values.");
    const flag = makeTensor("bool", Uint8Array.of(cached ? 1 : 0), [1]);
    const run = async (feeds: InferenceSession.FeedsType, wanted: readonly string[]) => {
      for (const name of Object.keys(feeds)) if (absent(name)) throw new Error(`There is no input ${name}.`);
      const rows = feeds["input_ids"]?.dims[0] ?? 0;
      const others = Object.fromEntries(
        session.inputNames.filter(absent).map((name) => {
          if (name === "use_cache_branch") return [name, flag];
          if (name === "encoder_hidden_states")
            return [name, makeTensor("float32", new Float32Array(rows * 160), [rows, 1, 160])];
          return [name, makeTensor("float32", new Float32Array(0), [rows, 4, 0, 40])];
        }),
      );
      return session.run({ ...feeds, ...others }, wanted);
    };
    const inputNames = session.inputNames.filter((name) => !absent(name));
    const outputNames = session.outputNames.filter((name) => !cached || !name.includes(".encoder."));
    return { ...session, inputNames, outputNames, run } as unknown as InferenceSession;
  };
  return {
    ...whole,
    async open(path, options) {
      if (path === decoder) throw new SpeechError("model-damaged", `${path} is missing.`);
      const joined = path === firstDecoder || path === nextDecoder;
      const session = await whole.open(joined ? decoder : path, options);
      return joined ? half(session, path === nextDecoder) : session;
    },
  };
}

async function decoderOf(using: Model): Promise<Decoder> {
  const configuration = await readConfiguration(using);
  const network = await openNetwork(using, configuration, makeTensor, 2);
  return { network, configuration, rules: decodingRules(configuration), reader: await readTokens(using) };
}

/** Windows of the first synthetic call, of several lengths. */
async function utterances({ network, configuration }: Decoder, count: number) {
  const [sound] = (await readRecording(`${sharedMaterial}audio/demo-calls/call1.wav`)).channels;
  const mel = logMel(configuration.features);
  const found = [];
  for (let i = 0; i < count; i++) {
    const samples = sound?.slice(i * 48_000, i * 48_000 + 32_000 + i * 24_000) ?? new Float32Array(0);
    found.push({ encoded: await network.encode(mel.features(samples)), seconds: samples.length / 16_000 });
  }
  return found;
}

it("tries the demo voice where it lies beside the repository", () => {
  expect(model === null ? "not tried: ../shared or ffmpeg is missing" : "tried").toMatch(/tried/u);
});

describe.runIf(model !== null)("the demo voice's network", () => {
  const { signal } = new AbortController();
  const greedy = { ...whisperThresholds, temperatures: [0] };

  it("says the same for windows together as for each by itself, and in either layout", async () => {
    const decoder = await decoderOf(model as Model);
    const prompt = promptOf(decoder.configuration, "en", "transcribe");
    const windows = await utterances(decoder, 3);
    const together = await decodeWindows(decoder, windows, prompt, greedy, signal);
    const ids = together.map(({ said }) => said.map(({ id }) => id));
    expect(new Set(ids.map((line) => line.length)).size).toBeGreaterThan(1);
    const apart = await decoderOf(parted(model as Model));
    const inHalves = await decodeWindows(apart, windows, prompt, greedy, signal);
    for (const [i, window] of windows.entries()) {
      const [alone] = await decodeWindows(decoder, [window], prompt, greedy, signal);
      expect(ids[i]).toEqual(alone?.said.map(({ id }) => id));
      expect(together[i]?.meanLogProbability).toBeCloseTo(alone?.meanLogProbability ?? 0, 4);
      expect(inHalves[i]?.said.map(({ id }) => id)).toEqual(ids[i]);
      const [row, own] = [together[i]?.lastAttention, alone?.lastAttention];
      for (const at of [0, 100, 700, 1_600]) expect(row?.[at]).toBeCloseTo(own?.[at] ?? -1, 4);
    }
  }, 30_000);

  it("follows several lines at once, with words no less likely than the greedy ones on the whole", async () => {
    const decoder = await decoderOf(model as Model);
    const prompt = promptOf(decoder.configuration, "en", "transcribe");
    const windows = await utterances(decoder, 1);
    const one = await decodeWindows(decoder, windows, prompt, greedy, signal);
    const three = await decodeWindows(decoder, windows, prompt, { ...greedy, beams: 3 }, signal);
    const sum = (all: typeof one) => all.reduce((total, { meanLogProbability }) => total + meanLogProbability, 0);
    expect(sum(three)).toBeGreaterThanOrEqual(sum(one) - 0.05);
  }, 30_000);

  it("names what a decoder lacks", async () => {
    const configuration = await readConfiguration(model as Model);
    const deeper: WhisperConfiguration = { ...configuration, decoderLayers: 3 };
    await expect(openNetwork(model as Model, deeper, makeTensor, 1)).rejects.toMatchObject({
      code: "model-unsuitable",
      message: expect.stringContaining("present.2.decoder.key"),
    });
    const blind: WhisperConfiguration = { ...configuration, alignmentHeads: [[7, 0]] };
    await expect(openNetwork(model as Model, blind, makeTensor, 1)).rejects.toThrow(/_timestamped/u);
  });
});

describe("how many windows are decoded together", () => {
  it("follows from what their sound's keys and values take beside the decoder's weights", () => {
    const shape = (decoderLayers: number, modelWidth: number) =>
      rowsTogether({ decoderLayers, modelWidth, encoderPositions: 1_500, vocabulary: 51_865 } as WhisperConfiguration);
    expect([shape(4, 384), shape(6, 512), shape(12, 768), shape(4, 1_280), shape(32, 1_280)]).toEqual([6, 5, 5, 8, 7]);
  });
});
