import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSpeechOptions } from "../../../app/conversation/speech.ts";
import { decodedDemo, demoModels, demoPresent } from "../../../e2e/aws/demo-recording.ts";
import { createLocalSpeechEngine, inspectGraphs } from "./client.ts";
import { timeEncoder, tryExecutionProviders } from "./execution-providers.ts";
import { createModelStore, type ModelStore } from "./models.ts";
import { agrees } from "./provider-choice.ts";
import { forkProcess } from "./start-process.ts";

/* Execution providers with a real model: what refuses is told, and the words are the processor's. */

let folder = "";
let models: ModelStore;
const quiet = { signal: new AbortController().signal, onProgress: (): void => undefined };

it("knows whether the development models and calls are here", () => {
  expect(typeof demoPresent).toBe("boolean");
  if (!demoPresent) process.stderr.write("The development models are not here: providers are not tried with a real model.\n");
});

describe.runIf(demoPresent)("an execution provider", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-providers-"));
    models = createModelStore({ folder: join(folder, "models"), further: [demoModels], inspect: inspectGraphs(forkProcess) });
  });
  afterAll(async () => {
    await models.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("that refuses the model leaves it to the processor, and the result says which, why, and what was used", async () => {
    const audio = await decodedDemo(folder, 6);
    const plain = createLocalSpeechEngine({ startProcess: forkProcess, models });
    // A name that no platform lists, and one that this build lists and whose library is not there.
    const asked = createLocalSpeechEngine({ startProcess: forkProcess, models, providers: ["qnn", "cuda"] });
    try {
      const diarization = await plain.diarize(audio, defaultSpeechOptions, quiet);
      const expected = await plain.recognise(audio, diarization, defaultSpeechOptions, quiet);
      const heard = await asked.recognise(audio, diarization, defaultSpeechOptions, quiet);
      expect(expected.provenance?.executionProvider).toBe("cpu");
      expect(expected.provenance?.adjustments).toBeUndefined();
      expect(heard.turns).toEqual(expected.turns);
      expect(heard.turns.flatMap((turn) => turn.words).length).toBeGreaterThan(5);
      const found = await tryExecutionProviders(forkProcess, { names: ["cuda"] });
      const provider = found.some(({ ran }) => ran) ? "cuda" : "cpu";
      expect(heard.provenance?.executionProvider).toBe(provider);
      const refused = heard.provenance?.adjustments ?? [];
      expect(refused.map(({ kind, from, to }) => [kind, from, to])).toEqual([
        ["provider", "qnn", provider],
        ...(provider === "cpu" ? [["provider", "cuda", "cpu"]] : []),
      ]);
      for (const { reason } of refused) expect(reason.length).toBeGreaterThan(10);
    } finally {
      await Promise.all([plain.close(), asked.close()]);
    }
  });

  it("is timed with the model's own encoder, which gives the same values each time", async () => {
    const encoder = join(demoModels, "demo-voice", "onnx", "encoder_model.onnx");
    const [one, two] = [await timeEncoder(forkProcess, encoder, "cpu"), await timeEncoder(forkProcess, encoder, "cpu")];
    expect(one.ms).toBeGreaterThan(0);
    expect(one.sample.length).toBe(512);
    expect(agrees(one.sample, two.sample)).toBe(true);
    expect(agrees(one.sample, one.sample.toReversed())).toBe(false);
    await expect(timeEncoder(forkProcess, encoder, "qnn")).rejects.toMatchObject({ code: "engine-failed" });
  });
});
