import { cp, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toFailure } from "../../../app/contract/errors.ts";
import { type DecodedAudio, type Diarization, defaultSpeechOptions } from "../../../app/conversation/speech.ts";
import { createLocalSpeechEngine, inspectGraphs, type LocalSpeechEngine } from "./client.ts";
import { createModelStore, type ModelStore } from "./models.ts";
import { forkProcess } from "./start-process.ts";

/*
 * Model folders that are not what they should be, in the hands of the real store and the real speech process: each ends in
 * a code for which the page and the terminal have a remedy, and the process hears the next recording as before. The models are copies of the demo voice.
 */

const voice = join(import.meta.dirname, "../../../native-models/demo/voice");
const encoder = "onnx/encoder_model.onnx";
const decoder = "onnx/decoder_model_merged.onnx";

let folder = "";
let store: ModelStore;
let engine: LocalSpeechEngine;
let audio: DecodedAudio;
let cases = 0;
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };
const said: Diarization = {
  method: "channel",
  voices: [{ channel: 0 }],
  segments: [{ voice: 0, startMs: 200, endMs: 2_800, confidence: null }],
  exclusive: [{ voice: 0, startMs: 200, endMs: 2_800, confidence: null }],
  shortfalls: [],
  models: [],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-hostile-"));
  const path = join(folder, "sound.pcm");
  // What it says is of no matter here: the model is looked at before it is heard.
  const samples = Int16Array.from({ length: 48_000 }, (_, i) => 9_000 * Math.sin(i / 20) * Math.abs(Math.sin(i / 3_000)));
  await writeFile(path, Buffer.from(samples.buffer));
  const channel = { path, samples: samples.length, rmsDb: -20 };
  audio = { durationMs: 3_000, layout: "mono", correlation: null, channels: [channel], silentChannels: [] };
  const models = { resolveAll: (...asked: Parameters<ModelStore["resolveAll"]>) => store.resolveAll(...asked) };
  engine = createLocalSpeechEngine({ startProcess: forkProcess, models });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of the demo voice, and a store that knows no other model. */
async function copied(): Promise<string> {
  cases += 1;
  const copy = join(folder, `voice-${cases}`);
  await cp(voice, copy, { recursive: true });
  store = createModelStore({ folder: join(folder, "none"), further: [copy], inspect: inspectGraphs(forkProcess) });
  return copy;
}

/** What hearing comes to: a code, or "heard". */
async function outcome(): Promise<string> {
  try {
    const { shortfalls } = await engine.recognise(audio, said, defaultSpeechOptions, quiet);
    return shortfalls.find(({ lacks }) => lacks === "words")?.reason ?? "heard";
  } catch (thrown) {
    const failure = toFailure(thrown);
    // The message is for the log: it says which model or which file of it.
    expect(failure.message).toMatch(/demo-voice|Demo voice|onnx|json/u);
    return failure.code;
  }
}

const rewrite = (path: string, change: (text: string) => string) => async (copy: string) =>
  writeFile(join(copy, path), change(await readFile(join(copy, path), "utf8")));
const setting = (path: string, values: Readonly<Record<string, unknown>>) =>
  rewrite(path, (text) => JSON.stringify({ ...(JSON.parse(text) as object), ...values }));
const cut = (path: string, to: number) => async (copy: string) => truncate(join(copy, path), to);
const without = (path: string) => async (copy: string) => rm(join(copy, path));
const put = (path: string, content: string) => async (copy: string) => writeFile(join(copy, path), content);

/** A tokenizer whose words are fewer, so that every special token has another id. */
const anotherTokenizer = rewrite("tokenizer.json", (text) => {
  const whole = JSON.parse(text) as { added_tokens: { id: number }[]; model: { vocab: Record<string, number> } };
  for (const token of whole.added_tokens) token.id -= 100;
  for (const [word, id] of Object.entries(whole.model.vocab)) if (id >= 1_056) delete whole.model.vocab[word];
  return JSON.stringify(whole);
});

describe("a model folder", () => {
  it("that is whole is heard with, or refused for what it understands", async () => {
    await copied();
    expect(["heard", "model-not-understanding"]).toContain(await outcome());
  });

  it.each<readonly [string, (copy: string) => Promise<unknown>, string]>([
    ["whose encoder is missing", without(encoder), "model-damaged"],
    ["whose decoder is missing", without(decoder), "model-damaged"],
    ["whose tokenizer is missing", without("tokenizer.json"), "model-damaged"],
    ["whose features are not described", without("preprocessor_config.json"), "model-damaged"],
    ["whose encoder is empty", cut(encoder, 0), "model-damaged"],
    ["whose encoder is cut short", cut(encoder, 3_000_000), "model-damaged"],
    ["whose decoder is cut short", cut(decoder, 5_312_348), "model-damaged"],
    ["whose tokenizer is cut short", cut("tokenizer.json", 100_000), "model-damaged"],
    ["whose configuration is a page of a proxy", put("generation_config.json", "<!doctype html>"), "model-damaged"],
    ["whose decoder is a page of a proxy", put(decoder, "<!doctype html><title>Sign in</title>"), "model-damaged"],
    [
      "with the decoder in place of the encoder",
      async (copy) => cp(join(copy, decoder), join(copy, encoder)),
      "model-unsuitable",
    ],
    [
      "with the encoder in place of the decoder",
      async (copy) => cp(join(copy, encoder), join(copy, decoder)),
      "model-unsuitable",
    ],
    [
      "with the two exchanged",
      async (copy) => {
        await rename(join(copy, encoder), join(copy, "x"));
        await rename(join(copy, decoder), join(copy, encoder));
        await rename(join(copy, "x"), join(copy, decoder));
      },
      "model-unsuitable",
    ],
    ["of another width", setting("config.json", { d_model: 384, decoder_attention_heads: 6 }), "model-unsuitable"],
    ["with another number of heads", setting("config.json", { decoder_attention_heads: 8 }), "model-unsuitable"],
    ["with fewer layers than its graphs", setting("config.json", { decoder_layers: 1 }), "model-damaged"],
    ["with more layers than its graphs", setting("config.json", { decoder_layers: 4 }), "model-unsuitable"],
    ["with another vocabulary", setting("config.json", { vocab_size: 3_000 }), "model-unsuitable"],
    [
      "with other bands",
      async (copy) => {
        await setting("config.json", { num_mel_bins: 128 })(copy);
        await setting("preprocessor_config.json", { feature_size: 128 })(copy);
      },
      "model-unsuitable",
    ],
    ["with the tokenizer of another model", anotherTokenizer, "model-damaged"],
    ["with a tokenizer of something else", put("tokenizer.json", "{}"), "model-damaged"],
  ])("%s ends in its code", async (_, harm, code) => {
    await harm(await copied());
    expect(await outcome()).toBe(code);
    expect(engine.state().crashes).toBe(0);
  });

  it("that is whole is heard with afterwards as before", async () => {
    await copied();
    expect(["heard", "model-not-understanding"]).toContain(await outcome());
  });
});
